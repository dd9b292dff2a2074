import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import Serving

/// The server's side: a worker that takes queries, and the lane's driver.
extension ResolverSimulation {
    private static let client = IPAddress(ipv4: 0xC633_6401)

    /// A client asks.
    func ask(_ question: SimulatedQuestion) {
        let number = questionCount
        questionCount += 1
        let isStream = random.oneIn(6)
        let size = random.pick([nil, nil, 512, 1232, 4096]) ?? (question.dnssecOK ? 1232 : nil)
        var query = QueryOctets(labels: [], question.type)
        query.name = question.wireName(&random)
        query.id = UInt16(truncatingIfNeeded: random.next())
        if question.checkingDisabled { query.flags |= 0x0010 }
        if let size { query.edns = .init(udpSize: UInt16(size), dnssecOK: question.dnssecOK) }
        let octets = query.octets
        trace("query \(number): \(question.description) \(hex(octets))")
        let limit = isStream ? 65_535 : max(512, min(size ?? 512, 1232))
        judge.asked(
            number, .init(question: question, octets: octets, limit: limit, time: now))
        answer(number, octets, isStream ? .tcp : .udp)
        // A moment later, since what is due at the last moment may be in time.
        plan(.isDue(number), in: ResolverJudge.patience + .microseconds(1))
    }

    /// As a worker does it: at once, or by a lane.
    private func answer(_ number: Int, _ octets: [UInt8], _ transport: QueryTransport) {
        let client = QueryClient(transport: transport, address: Self.client, port: 4711)
        if sabotage != .stoppedClock || questionCount == 1 { answerer.now = clock }
        answerer.patience = .waits
        let count = answerer.answer(octets.rawSpan, from: client, into: &buffer)
        let isDeferred = answerer.outcome.deferred != nil
        if answerer.outcome.deferred ?? answerer.outcome.refresh != nil, let need = answerer.needed {
            let replies = replies
            let origin: ResolverJob.Origin = isDeferred ? .stream { replies.put(number, $0) } : .refresh
            let job = ResolverJob(
                origin: origin, message: isDeferred ? octets : [], client: client, listen: listen, start: clock,
                need: need, group: group)
            if commons.admit(job) {
                if isDeferred { judge.deferred(number, ledger, at: clock) }
                if !(sabotage == .lostJobs && random.oneIn(20)) { plan(.lane(job), in: microseconds(0...2000)) }
                if isDeferred { return }
            } else if isDeferred {
                answerer.patience = .isOver
                return reply(number, Array(buffer[..<answerer.answer(octets.rawSpan, from: client, into: &buffer)]))
            }
        }
        reply(number, Array(buffer[..<count]))
    }

    private func reply(_ number: Int, _ octets: [UInt8]) {
        trace("query \(number) has \(hex(octets))")
        judge.answered(number, octets, ledger, at: clock, now: now)
    }

    /// A turn of the lane: something happens, then what is due is looked at, and the next turn is planned.
    func turn(_ event: (LaneCore) -> Void) {
        core.now = clock
        event(core)
        core.ring()
        for one in replies.takeAll() { reply(one.query, one.octets) }
        if core.nextTime != alarmTime { setAlarm() }
    }

    /// The lane wakes a little late.
    func setAlarm() {
        alarm += 1
        alarmTime = core.nextTime
        guard alarmTime < .max else { return }
        let wait = alarmTime > clock ? Duration.nanoseconds(Int64(alarmTime - clock)) : .zero
        plan(.wakes(alarm), in: wait + microseconds(random.oneIn(50) ? 0...100_000 : 0...2000))
    }

    func wake(_ number: Int) {
        guard number == alarm else { return }
        alarmTime = .max
        turn { _ in }
        if alarmTime == .max { setAlarm() }
    }
}

extension Answerer {
    fileprivate mutating func answer(_ message: RawSpan, from client: QueryClient, into buffer: inout [UInt8]) -> Int {
        var out = buffer.mutableSpan
        // SAFETY: octets have no padding, so any may be read and written.
        return unsafe answer(message, from: client, into: out.mutableBytes)
    }
}

/// The outside of the lane: ports, connections, clock and chance of a history.
final class SimulatedOutside: LaneOutside {
    unowned var simulation: ResolverSimulation?
    private var slotCount = 0

    var clock: UInt64 { simulation?.clock ?? 0 }

    func randomNumber() -> UInt64 { simulation?.random.next() ?? 0 }

    func sendDatagram(
        _ octets: [UInt8], to upstream: UpstreamAddress, from source: [UInt8], exchange: UInt64, attempt: Int
    ) -> LanePlace? {
        slotCount += 1
        let place = LanePlace(slot: slotCount, generation: 0)
        return send(octets, to: upstream, exchange, attempt, place) ? place : nil
    }

    func sendOverStream(
        _ octets: [UInt8], to upstream: UpstreamAddress, _ runtime: ForwardRuntime, exchange: UInt64, attempt: Int
    ) {
        _ = send(octets, to: upstream, exchange, attempt, nil)
    }

    private func send(
        _ octets: [UInt8], to upstream: UpstreamAddress, _ exchange: UInt64, _ attempt: Int, _ place: LanePlace?
    ) -> Bool {
        guard let simulation, let question = simulation.core.question(of: exchange) else { return false }
        let sent = Sent(
            exchange: exchange, attempt: attempt, upstream: Int(upstream.address.octets[3]) - 1, place: place,
            octets: octets, question: SimulatedQuestion(question))
        guard simulation.mayLeave(sent, question) else { return false }
        simulation.leave(sent, question)
        return true
    }

    func release(_ place: LanePlace, isAnswered: Bool) { simulation?.wireJudge.closed(place) }

    func hand(_ job: ResolverJob) {
        // There is one lane.
        simulation?.judge.fail("a query is handed to another lane")
    }
}
