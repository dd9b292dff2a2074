import DNSWire
import NetworkAddress
import TSIG
import Transfers

/// The one way to answer: octets in, octets out.
///
/// Owned by one worker; allocates only when a new state comes.
package struct Answerer: ~Copyable {
    /// The longest chain of CNAMEs that is followed (cluster zone rule 6).
    private static let aliasCountMax = 10
    /// Plugins may ask inside of each other this often for one query.
    private static let interposedCountMax = 4
    /// The largest UDP response, whatever client and `bufsize` say.
    static let udpOctetCountMax = 4096
    private static let cachePlugin = DirectiveOrder.answeringPlugins.firstIndex(of: CacheDirective.directive) ?? 0
    /// One in so many answers is sampled; a power of two.
    package static let sampleShare = 64
    package static let tcpOctetCountMax = 65_535

    private var answeredCount: UInt64 = 0
    var lookAhead = LookAhead()
    var cookies = ServerCookies()
    package let listen: ListenAddress
    var turn: Turn
    package var state: ServingState { turn.state }
    /// The longest zone first; empty where the state has nothing for the listen address.
    private(set) var routes: [ServerConfiguration.Route] = []
    /// Whether any of their blocks signs.
    private var signs = false
    var signing = SigningWork()
    /// Where the records behind the last CNAME that was followed start.
    var aliasEnd = 0
    /// Proofs that the answer goes on behind, and how many plugins interposed then; nil but while aliases are followed.
    var aside: (records: ResponseWriter.Aside, interposedCount: Int)?
    /// Counts queries that no route takes.
    private var droppedSeries = 0
    var query = Query()
    /// QNAME, QTYPE or QCLASS are not the client's for a while (`rewrite`, `dns64`).
    var isQuestionChanged = false
    /// The chain is asked on behalf of `dns64`.
    var isSynthesising = false
    /// What the response to a signed query ends with; nil for all others.
    var signature: Signature?
    /// The transfer that the last query gets in place of a response.
    var transfer: StartedTransfer?
    /// Memory for inner messages, made when one is first needed.
    var scratch: [[UInt8]] = []
    /// Plugins that interpose at the moment, one inside the other.
    private(set) var interposedCount = 0
    package internal(set) var outcome = Outcome()
    /// By series; grows when a state brings new ones.
    package internal(set) var statistics: [SeriesStatistics] = []
    /// Queries answered since `settle`.
    private var unsettled = SeriesRuns()
    var rotation: UInt32 = 0
    /// The idle timeout told to TCP clients that ask, in units of 100 ms.
    package var keepalive: UInt16?
    /// The monotonic clock in nanoseconds; to be set before each batch.
    package var now: UInt64 {
        get { turn.now }
        set { turn.now = newValue }
    }
    /// What upstreams said to a query that was deferred; empty but in a resolver lane.
    package var found: [FoundAnswer] {
        get { turn.found }
        set { turn.found = newValue }
    }
    package var patience: Patience {
        get { turn.patience }
        set { turn.patience = newValue }
    }
    /// Whether to look if a query may wait before it is made ready to.
    package var turnsAway = false
    /// More comes than can be answered, so that fewer may wait for upstreams that are silent.
    package var isCrowded = false
    /// False in a resolver lane, where every query comes that has been counted already.
    package var countsMisses = true
    var client: QueryClient { turn.client }
    /// The question that `Outcome.deferred` or `Outcome.refresh` is about.
    package private(set) var needed: UpstreamQuestion?

    package init(listen: ListenAddress, state: ServingState) {
        self.listen = listen
        turn = Turn(state: state)
        use(state)
    }

    /// Takes a newer state; queries after this see nothing of the old one.
    package mutating func use(_ state: ServingState) {
        let listener = state.configuration.listener(listen)
        // An address that a reload takes away is answered from the last state that had it, until its worker ends.
        guard listener != nil || routes.isEmpty else { return }
        turn.state = state
        routes = listener?.routes ?? []
        signs = routes.contains { $0.block.dnssec != nil }
        droppedSeries = listener?.droppedSeries ?? 0
        let highest = max(routes.map(\.series).max() ?? 0, droppedSeries)
        while statistics.count <= highest { statistics.append(SeriesStatistics()) }
    }

    /// Answers one message into `out` (at least 512 octets); returns the response's length, 0 for silence.
    package mutating func answer(_ message: RawSpan, from client: QueryClient, into out: consuming MutableRawSpan)
        -> Int
    {
        outcome = Outcome()
        outcome.requestOctetCount = message.byteCount
        turn.client = client
        var verdict = query.parse(message)
        if case .ignore = verdict { return 0 }
        let isNotify = query.opcode == Self.notifyOpcode && state.configuration.hasSecondaries
        if isNotify {
            verdict = .refuse(takeNotify(message))
        } else if query.signatureOffset != 0, let refusal = verifySignature(message) {
            verdict = .refuse(refusal)
        }
        var route: ServerConfiguration.Route?
        if case .answer = verdict { route = self.route() }
        let limit = Self.limit(
            client.transport, query.qtype, udpSize: query.edns.udpSize, bufsize: route?.traits.bufsize ?? 1232,
            octetCount: message.byteCount)
        var response = ResponseWriter(out)
        response.keepalive = client.transport == .tcp ? keepalive : nil
        if let route { shape(&response, route) }
        response.begin(query, from: message, limit: query.signatureOffset == 0 ? limit : limit - signatureOctetCount)
        let cookieRCODE = query.edns.hasCookie ? takeCookie(message, &response) : .noError
        var rcode: RCODE
        if case .refuse(let refusal) = verdict {
            rcode = refusal
        } else if case .exchangeCookie = verdict {
            rcode = cookieRCODE
        } else if let route, let first = route.firstPlugin(for: query.qclass) {
            guard let result = resolve(route, from: first, &response) else {
                isQuestionChanged = false
                (signature, aside) = (nil, nil)
                if outcome.deferred == nil { countUnanswered(route) }
                return 0
            }
            rcode = result
            // A failure is nobody's data, so it carries no claim of authority.
            if rcode == .refused || rcode == .servFail { response.flags &= ~Query.Flag.authoritative }
            response.flags |= route.traits.recursionFlag
        } else {
            rcode = route.map { chaos($0, &response) } ?? .refused
        }
        // What was followed is answered; what is counted and logged is the question.
        if response.ownerOffset != Query.headerOctetCount || isQuestionChanged {
            query.restoreQuestion(from: message)
            isQuestionChanged = false
        }
        if isNotify { response.flags |= query.flags & Query.Flag.opcode | Query.Flag.authoritative }
        if signs, query.edns.dnssecOK, query.qclass == .internet { rcode = sign(rcode, &response) }
        var length =
            query.questionOctetCount == 0 && !query.edns.hasCookie
            ? response.writeBareHeader(query, rcode: rcode) : response.finish(query, rcode: rcode)
        if query.signatureOffset != 0 { length = sign(&response, length: length) }
        if rcode == .servFail { outcome.failure = response.extendedError }
        record(route, rcode: rcode, flags: response.flags, length: length)
        return length
    }

    /// Counts how long the queries since the last call took, from their receipt to now.
    package mutating func settle(nanoseconds: UInt64) {
        unsettled.removeAll { statistics[$0].countDuration(nanoseconds: nanoseconds, times: $1) }
    }

    /// A record of the last query for the log.
    package func makeRecord(_ client: QueryClient) -> QueryRecord {
        QueryRecord(query, outcome: outcome, client: client)
    }

    /// Asks the chain, and again for the target of each CNAME, which may be another block's.
    ///
    /// Returns nil where there is no response, at least not yet: `outcome` says why.
    ///
    /// The chain of `route` is asked from the plugin at `first` on.
    mutating func resolve(
        _ route: ServerConfiguration.Route, from first: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        var (current, first) = (route, first)
        var seen = InlineArray<11, UInt64>(repeating: 0)
        var depth = 0
        // Each turn asks plugins further down the chain, or follows one CNAME more.
        while true {
            seen[depth] = query.name.hash
            if query.qtype == .ds { findParent(in: current.block) }
            switch begin(current, from: first, &response) {
            case .answered(let rcode):
                return end(rcode, depth, &response)
            case .cached(let rcode, let use, let refresh):
                outcome.plugin = Self.cachePlugin
                statistics[route.series].countCache(use)
                if let refresh { need(refresh: refresh) }
                return end(rcode, depth, &response)
            case .deferred(let group):
                outcome.deferred = group
                outcome.isTurnedAway = turnsAway && hasNoRoom(group)
                if !outcome.isTurnedAway { needed = UpstreamQuestion(query) }
                if countsMisses { statistics[route.series].countCacheMiss() }
                return nil
            case .dropped:
                statistics[current.series].count(.dropped)
                return nil
            case .answeredAs(let event, let rcode):
                statistics[current.series].count(event)
                return end(rcode, depth, &response)
            case .passed(let event, let place):
                statistics[current.series].count(event)
                first = place + 1
            case .interposes(let place):
                if current.block.plugins[place].stepsAside(in: self, response) {
                    first = place + 1
                    continue
                }
                guard let rcode = interpose(current, place, &response) else { return nil }
                return end(rcode, depth, &response)
            case .pass:
                return end(.refused, depth, &response)
            case .alias(let offset):
                guard depth < Self.aliasCountMax, let target = makeRoom(behindAliasTo: offset, &response),
                    response.follow(aliasAt: target, &query), !isSeen(seen, depth), let next = self.route()
                else {
                    settle(&response)
                    return .noError
                }
                (current, first) = (next, 0)
                aliasEnd = response.count
                depth += 1
            }
        }
    }

    private mutating func interpose(
        _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        guard interposedCount < Self.interposedCountMax else { return .servFail }
        interposedCount += 1
        defer { interposedCount -= 1 }
        return route.block.plugins[place].interpose(on: &self, route, place, &response)
    }

    private mutating func need(refresh group: Int) {
        outcome.refresh = group
        needed = UpstreamQuestion(query)
    }

    private mutating func begin(
        _ route: ServerConfiguration.Route, from first: Int, _ response: inout ResponseWriter
    ) -> Disposition {
        let plugins = route.block.plugins
        for index in first..<plugins.count {
            turn.isLast = index == plugins.count - 1
            turn.place = index
            let disposition = plugins[index].begin(query, &response, turn)
            if case .pass = disposition { continue }
            outcome.plugin = Int(route.block.pluginIndices[index])
            return disposition
        }
        return .pass
    }

    private mutating func record(
        _ route: ServerConfiguration.Route?, rcode: RCODE, flags: UInt16, length: Int
    ) {
        let series = route?.series ?? droppedSeries
        outcome.series = series
        outcome.rcode = rcode
        outcome.flags = flags
        outcome.responseOctetCount = length
        answeredCount &+= 1
        outcome.isSampled = answeredCount & UInt64(Self.sampleShare - 1) == 0
        statistics[series].count(turn.client, query, outcome)
        unsettled.append(series)
        guard let route else { return }
        outcome.block = route.blockIndex
        outcome.isError = route.traits.logsErrors && rcode == .servFail
        outcome.isLogged = route.traits.loggedClasses.includes(rcode) && route.block.asksForLine(query, rcode)
    }
}
