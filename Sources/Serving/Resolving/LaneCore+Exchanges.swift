import Answering
import DNSWire
import HeapModule
import NetworkAddress

/// Exchanges with upstreams: drives their state machines.
extension LaneCore {
    /// Begins to ask; where that is not allowed or nobody can be asked, those who wait learn it at once.
    func startExchange(_ key: ExchangeKey, _ job: ResolverJob, waiter: UInt64?) {
        let runtime = commons.runtime(of: job.group)
        let upstreams = runtime.upstreams
        let deadline = now &+ commons.limits.exchangeTimeout.nanoseconds
        let candidates = runtime.candidates(upstreams, at: now, using: &random)
        if candidates.isEmpty { runtime.statistics.noteBroken() }
        let exchange = LaneExchange(
            runtime: runtime, question: job.need, purpose: .query, upstreams: upstreams,
            machine: UpstreamExchange(
                candidates: candidates, readTimeout: runtime.group.definition.readTimeout.nanoseconds,
                deadline: deadline))
        if let waiter { exchange.waiters.append(waiter) }
        guard runtime.begin() else {
            let error = ExtendedError(ExtendedError.Code.prohibited, "max_concurrent questions are under way")
            return deliver(Self.failure(job.need, .refused, error), exchange)
        }
        guard commons.beginExchange() else {
            runtime.end()
            let error = ExtendedError(ExtendedError.Code.other, "too many questions are under way")
            return deliver(Self.failure(job.need, .servFail, error), exchange)
        }
        let id = makeID()
        open[key] = id
        exchanges[id] = exchange
        step(id) { $0.start(at: $1) }
    }

    /// A question to one upstream that no client asked.
    func startProbe(
        _ purpose: LaneExchange.Purpose, _ question: UpstreamQuestion, _ runtime: ForwardRuntime, _ upstream: Upstream
    ) {
        let isStream = runtime.group.definition.forcesTCP || upstream.address.isTLS
        let timeout = ResolverLimits.probeTimeout.nanoseconds
        let candidate = UpstreamExchange.Candidate(
            upstream: 0, channel: isStream ? .stream : .udp, lateAfter: timeout,
            usesEDNS: upstream.figures.plainUntil <= now)
        let id = makeID()
        exchanges[id] = LaneExchange(
            runtime: runtime, question: question, purpose: purpose, upstreams: [upstream],
            machine: UpstreamExchange(candidates: [candidate], readTimeout: timeout, deadline: now &+ timeout))
        step(id) { $0.start(at: $1) }
    }

    func tick(_ id: UInt64) {
        exchanges[id]?.alarm = .max
        step(id) { $0.tick(at: $1) }
    }

    /// Feeds one event to an exchange and does what it says, until it says nothing more.
    func step(_ id: UInt64, _ event: (inout UpstreamExchange, UInt64) -> [UpstreamExchange.Action]) {
        guard let exchange = exchanges[id] else { return }
        var actions = event(&exchange.machine, now)
        // Each turn sends, or ends; both are bounded by the machine.
        while !actions.isEmpty {
            let action = actions.removeFirst()
            switch action {
            case .send(let attempt, let upstream, let channel, let usesEDNS):
                if !send(exchange, id, attempt, upstream, channel, usesEDNS: usesEDNS) {
                    actions += exchange.machine.fail(attempt: attempt, at: now)
                }
            case .late(let attempt, let upstream): noteLate(exchange, attempt, upstream)
            case .finish(let attempt): return finish(id, exchange.attempt(attempt)?.answer, nil)
            case .fail(let failure): return finish(id, nil, failure)
            }
        }
        setAlarm(exchange, id)
    }

    private func setAlarm(_ exchange: LaneExchange, _ id: UInt64) {
        let time = exchange.machine.nextDeadline
        guard time < exchange.alarm else { return }
        exchange.alarm = time
        alarms.insert(Alarm(time: time, subject: .exchange(id)))
    }

    private func send(
        _ exchange: LaneExchange, _ id: UInt64, _ attempt: Int, _ upstreamIndex: Int,
        _ channel: UpstreamExchange.Channel, usesEDNS: Bool
    ) -> Bool {
        let upstream = exchange.upstreams[upstreamIndex]
        let definition = exchange.runtime.group.definition
        var recursionDesired = true
        if case .health = exchange.purpose { recursionDesired = definition.healthCheck.recursionDesired }
        let query = UpstreamQuery(
            exchange.question, usesEDNS: usesEDNS,
            mixesCase: channel == .udp && upstream.figures.sameCaseUntil <= now, recursionDesired: recursionDesired,
            using: &random)
        var sent = LaneExchange.Sent(query: query, upstream: upstream, channel: channel, time: now)
        exchange.runtime.statistics.noteRequest(to: upstream.label)
        switch channel {
        case .udp:
            guard
                let place = outside.sendDatagram(
                    query.octets, to: upstream.address, from: definition.sourceAddress?.octets ?? [], exchange: id,
                    attempt: attempt)
            else {
                noteFailure(exchange, upstream, "\(upstream.label) cannot be reached")
                return false
            }
            sent.socket = place
        case .stream:
            outside.sendOverStream(
                query.octets, to: upstream.address, exchange.runtime, exchange: id, attempt: attempt)
        }
        exchange.note(sent, attempt: attempt)
        return true
    }

    /// Takes what came to the socket of an attempt.
    package func takeReply(_ reply: RawSpan, exchange: UInt64, attempt: Int) {
        judge(reply, exchange, attempt)
    }

    /// Takes what a connection brought to an attempt; nil: nothing can come.
    package func takeStreamReply(_ octets: [UInt8]?, exchange: UInt64, attempt: Int) {
        guard let octets else { return fail(exchange, attempt, "has no connection to give") }
        judge(octets.rawSpan, exchange, attempt)
    }

    /// Takes that the port of an attempt's upstream seems closed; an ICMP error says so, which may be forged.
    package func refuse(exchange: UInt64, attempt: Int) { fail(exchange, attempt, "refused", isCertain: false) }

    private func fail(_ id: UInt64, _ attempt: Int, _ what: String, isCertain: Bool = true) {
        guard let exchange = exchanges[id], let sent = exchange.attempt(attempt) else { return }
        noteFailure(exchange, sent.upstream, "\(sent.upstream.label) \(what)")
        step(id) { isCertain ? $0.fail(attempt: attempt, at: $1) : $0.refuse(attempt: attempt, at: $1) }
    }

    private func judge(_ reply: RawSpan, _ id: UInt64, _ attempt: Int) {
        // What comes after a failure must not take its place: it would be given out at the end as if it had just come.
        guard let exchange = exchanges[id], let sent = exchange.attempt(attempt), exchange.machine.listens(to: attempt)
        else { return }
        let judged = sent.query.judge(reply, over: sent.channel, exchange.runtime.group.definition)
        switch judged.verdict {
        case .foreign: exchange.runtime.group.cache.noteDrop()
        case .otherCase: sent.upstream.noteOtherCase(at: now)
        case .refusesEDNS: sent.upstream.noteRefusesEDNS(at: now)
        case .answer, .failure, .truncated: noteAnswer(exchange, sent, judged.rcode)
        }
        if judged.verdict == .failure {
            exchange.troubles.append("\(sent.upstream.label) said \(judged.rcode)")
        }
        exchange.note(judged.answer, attempt: attempt)
        step(id) { $0.receive(judged.verdict, attempt: attempt, at: $1) }
    }

    private func noteAnswer(_ exchange: LaneExchange, _ sent: LaneExchange.Sent, _ rcode: RCODE) {
        let duration = now &- sent.time
        exchange.runtime.statistics.noteResponse(
            to: sent.upstream.label, rcode: rcode, nanoseconds: duration)
        exchange.runtime.group.patience.noteReply(at: now)
        if sent.upstream.noteAnswer(after: duration, at: now) { comesUp(exchange.runtime, sent.upstream) }
    }

    private func noteLate(_ exchange: LaneExchange, _ attempt: Int, _ upstream: Int) {
        let late = exchange.upstreams[upstream]
        noteFailure(exchange, late, "\(late.label) timed out", isProof: false)
        // The socket stays open until the end: a late answer is an answer, and its port stays taken.
    }

    private func noteFailure(
        _ exchange: LaneExchange, _ upstream: Upstream, _ trouble: String, isProof: Bool = true
    ) {
        exchange.troubles.append(trouble)
        guard case .query = exchange.purpose else { return }
        let maxFails = exchange.runtime.group.definition.maxFails
        switch upstream.noteFailure(maxFails: maxFails, isProof: isProof, at: now) {
        case .none: break
        case .silent: probe(exchange.runtime, upstream)
        case .down: goesDown(exchange.runtime, upstream, trouble)
        }
    }

    /// Ends an exchange: lets go of its sockets, keeps the answer, tells those who wait.
    private func finish(_ id: UInt64, _ answer: StoredAnswer?, _ failure: UpstreamExchange.Failure?) {
        guard let exchange = exchanges.removeValue(forKey: id) else { return }
        for sent in exchange.sent {
            guard let sent, let place = sent.socket else { continue }
            outside.release(place, isAnswered: sent.answer != nil)
        }
        guard case .query = exchange.purpose else { return endProbe(exchange, isAnswered: answer != nil) }
        let key = ExchangeKey(group: ObjectIdentifier(exchange.runtime.group), question: exchange.question)
        if open[key] == id { open[key] = nil }
        exchange.runtime.end()
        commons.endExchange()
        let result: StoredAnswer
        if let answer {
            // "Nobody who could be reached knows, or they refused" is what the code means.
            let says = exchange.troubles.isEmpty ? nil : exchange.extendedError(.timedOut)
            result = answer.isFailure ? answer.explained(by: says) : answer
        } else {
            if failure == .timedOut {
                for case let sent? in exchange.sent where sent.answer == nil {
                    exchange.runtime.statistics.noteTimeout(to: sent.upstream.label)
                }
            }
            let error = exchange.extendedError(failure ?? .timedOut)
            result = Self.failure(exchange.question, .servFail, error)
        }
        exchange.runtime.group.cache.store(result, for: exchange.question, now: now)
        // By the clock, not by the turn's time: queries that came during the turn have seen nothing yet.
        ended.note(exchange.question, at: outside.clock)
        deliver(result, exchange)
    }

    static func failure(_ question: UpstreamQuestion, _ rcode: RCODE, _ error: ExtendedError) -> StoredAnswer {
        var at = 0
        let name = (try? Name(reading: question.name.rawSpan, at: &at)) ?? .root
        let message = DNSMessage(
            rcode: rcode, questions: [.init(name: name, type: question.type, qclass: question.qclass)])
        return StoredAnswer(message, ttl: 0, extendedError: error)
    }
}
