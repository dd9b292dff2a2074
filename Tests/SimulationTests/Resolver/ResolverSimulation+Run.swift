import Answering
import DNSTesting
import DNSWire
import Serving

/// How a history ended.
package struct ResolverOutcome: Hashable, Sendable {
    /// What went wrong, in a sentence; nil: nothing did.
    package var failure: String?
    package var queryCount = 0
    /// Of the answers: from the cache, stale, SERVFAIL or REFUSED.
    package var cachedCount = 0
    package var staleCount = 0
    package var failureCount = 0
    /// Messages to upstreams.
    package var sentCount = 0

    package init() {}

    package mutating func add(_ other: ResolverOutcome) {
        failure = failure ?? other.failure
        queryCount += other.queryCount
        cachedCount += other.cachedCount
        staleCount += other.staleCount
        failureCount += other.failureCount
        sentCount += other.sentCount
    }
}

extension ResolverSimulation {
    /// After the last fault, all that failed before is forgotten in this time: a question under way and a kept failure.
    private static let mending = Duration.seconds(12)

    /// Runs the history to its end.
    package func run() -> ResolverOutcome {
        trace(options.corefile.split(separator: "\n").joined(separator: "; "))
        let length = milliseconds(random.oneIn(4) ? 20_000...120_000 : 1_000...15_000)
        plan(of: length)
        run(until: length)
        settle()
        run(until: length + Self.mending)
        judge.isHealed = true
        let lastStart = now
        for place in SimulatedQuestion.names.indices {
            let type = SimulatedQuestion.names[place].content == .large ? .txt : random.pick(SimulatedQuestion.types)
            run(until: lastStart + .milliseconds(400 * (place + 1)))
            if !hasFailed { ask(SimulatedQuestion(place: place, type: type)) }
        }
        run(until: now + ResolverJudge.patience + .seconds(1))
        conclude()
        var outcome = ResolverOutcome()
        outcome.failure = failure.map { "seed \(seed): \($0)" }
        outcome.queryCount = questionCount
        outcome.cachedCount = judge.cachedCount
        outcome.staleCount = judge.staleCount
        outcome.failureCount = judge.failureCount
        outcome.sentCount = wireJudge.sentCount
        trace(outcome.failure ?? "all is right")
        return outcome
    }

    private var failure: String? { judge.failure ?? wireJudge.failure }
    private var hasFailed: Bool { failure != nil }

    private func plan(of length: Duration) {
        let end = Int(length / .milliseconds(1))
        for _ in 0..<Int.random(in: 5...60, using: &random) { plan(.asks, in: milliseconds(0...end)) }
        for _ in 0..<Int.random(in: 0...2, using: &random) { plan(.crowd, in: milliseconds(0...end)) }
        guard !isBenign else { return }
        if random.oneIn(2) { changeMoods() }
        for _ in 0..<Int.random(in: 0...6, using: &random) { plan(.moods, in: milliseconds(0...end)) }
        if random.oneIn(4) { plan(.jump, in: milliseconds(0...end)) }
    }

    private func run(until end: Duration) {
        while !hasFailed, let next = agenda.next(until: end) { step(to: next.at, next.item) }
        now = end
    }

    private func step(to time: Duration, _ happening: Happening) {
        now = time
        switch happening {
        case .asks: ask(favourite())
        case .crowd:
            let question = favourite()
            for _ in 0..<Int.random(in: 5...20, using: &random) { ask(question) }
        case .moods: if !isQuiet { changeMoods() }
        case .jump: if !isQuiet { jump() }
        case .lane(let job): turn { $0.begin(job) }
        case .wakes(let number): wake(number)
        case .upstream(let sent): receive(sent)
        case .datagram(let sent, let octets, let entry): reach(sent, octets, entry)
        case .closedPort(let sent): reachClosedPort(sent)
        case .stream(let sent, let octets, let entry): reachStream(sent, octets, entry)
        case .isDue(let number): judge.judgePatience(of: number)
        }
    }

    /// Half of the clients want the same few things.
    private func favourite() -> SimulatedQuestion {
        if random.oneIn(2) { return .random(&random) }
        return SimulatedQuestion(place: Int.random(in: 0..<4, using: &random), type: .a)
    }

    private func changeMoods() {
        for index in upstreams.indices where random.oneIn(2) {
            upstreams[index].mood = random.pick(SimulatedUpstream.Mood.allCases)
            trace("upstream \(index) is \(upstreams[index].mood)")
        }
    }

    /// The machine sleeps, or the process is stopped: its clock is ahead when it goes on.
    private func jump() {
        let seconds: UInt64 = random.pick([1, 10, 3600, 86_400])
        trace("the clock jumps by \(seconds) s")
        skew += seconds * 1_000_000_000
        wireJudge.jumped()
        setAlarm()
    }

    private func settle() {
        isQuiet = true
        for index in upstreams.indices { upstreams[index].mood = .healthy }
        trace("all is quiet")
    }

    /// Nothing is left behind, and nothing was kept that nobody asked for.
    private func conclude() {
        guard !hasFailed else { return }
        if !judge.waiting.isEmpty { judge.fail("\(judge.waiting.count) queries have no answer") }
        let lane = core.inFlight
        if lane.jobCount + lane.questionCount + lane.exchangeCount > 0 {
            judge.fail("the lane still has \(lane)")
        }
        if commons.jobsInFlight != 0 || commons.exchangesInFlight != 0 || commons.runtime(of: group).inFlightCount != 0
        {
            judge.fail("counts of what is in flight do not end at 0")
        }
        if !wireJudge.openPlaces.isEmpty { judge.fail("\(wireJudge.openPlaces.count) ports are still open") }
        let figures = group.cache.figures
        if figures.successCount + figures.denialCount > judge.askedQuestions.count {
            judge.fail("the cache has more answers than there were questions")
        }
    }
}
