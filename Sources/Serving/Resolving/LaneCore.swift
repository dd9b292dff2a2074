package import Answering
import DequeModule
import HeapModule

/// What a lane does: the queries that wait, and the exchanges they wait for.
///
/// Owned by one driver, which tells it what happened and at what time; all it wants of the world it asks of `outside`.
package final class LaneCore {
    /// When a query or an exchange must be looked at.
    struct Alarm: Comparable {
        enum Subject {
            case exchange(UInt64)
            case job(UInt64)
        }

        var time: UInt64
        var subject: Subject

        static func < (left: Alarm, right: Alarm) -> Bool { left.time < right.time }
        static func == (left: Alarm, right: Alarm) -> Bool { left.time == right.time }
    }

    /// When an upstream must be asked how it is.
    struct Probe {
        enum Purpose { case health, loop }

        var time: UInt64
        var purpose: Purpose
        var runtime: ForwardRuntime
        var upstream: Upstream
    }

    let outside: any LaneOutside
    let commons: ResolverCommons
    private let index: Int
    var random: LaneRandom
    var exchanges: [UInt64: LaneExchange] = [:]
    /// Exchanges that queries may join, by whom and what they ask.
    var open: [ExchangeKey: UInt64] = [:]
    var jobs: [UInt64: ResolverJob] = [:]
    var alarms = Heap<Alarm>()
    /// When each query has waited for all the time there is; the order is nearly that of their arrival.
    var deadlines: Deque<(time: UInt64, job: UInt64)> = []
    /// One or two for each upstream.
    var probes: [Probe] = []
    var ended = EndedQuestions()
    private var answerers: [ListenAddress: LaneAnswerer] = [:]
    private var nextID: UInt64 = 0
    /// The monotonic clock in nanoseconds; to be set before the core is told anything.
    package var now: UInt64 = 0

    struct ExchangeKey: Hashable {
        var group: ObjectIdentifier
        var question: UpstreamQuestion
    }

    /// `index` is which of the lanes it is: equal questions meet in one.
    package init(outside: any LaneOutside, _ commons: ResolverCommons, index: Int) {
        self.outside = outside
        self.commons = commons
        self.index = index
        random = LaneRandom(outside: outside)
    }

    func makeID() -> UInt64 {
        nextID += 1
        return nextID
    }

    /// Whether a question is asked in this lane.
    func asks(_ question: UpstreamQuestion) -> Bool { commons.lane(of: question) == index }

    /// When `ring` has something to do next, in nanoseconds of the monotonic clock.
    package var nextTime: UInt64 {
        var next = alarms.min?.time ?? .max
        if let first = deadlines.first { next = min(next, first.time) }
        for probe in probes { next = min(next, probe.time) }
        return next
    }

    /// What an exchange asks; nil where it is over.
    package func question(of exchange: UInt64) -> UpstreamQuestion? { exchanges[exchange]?.question }

    /// Queries that wait, questions that queries may join, and exchanges, those that no client asked for included.
    package var inFlight: (jobCount: Int, questionCount: Int, exchangeCount: Int) {
        (jobs.count, open.count, exchanges.count)
    }

    /// Leaves the counts of answers on the board, at most every few milliseconds.
    package func publish() { for answerer in answerers.values { answerer.publish(at: now) } }

    var isPublished: Bool { answerers.values.allSatisfy(\.isPublished) }

    /// Leaves the last counts, and the board.
    package func end() {
        for answerer in answerers.values {
            answerer.publish(at: now, isLast: true)
            answerer.leave()
        }
    }

    /// Handles every alarm that is due.
    package func ring() {
        while let alarm = alarms.min, alarm.time <= now {
            alarms.removeMin()
            switch alarm.subject {
            case .exchange(let id): tick(id)
            case .job(let id): hurry(id)
            }
        }
        while let first = deadlines.first, first.time <= now {
            deadlines.removeFirst()
            hurry(first.job)
        }
        let due = probes.filter { $0.time <= now }
        guard !due.isEmpty else { return }
        probes.removeAll { $0.time <= now }
        for one in due {
            switch one.purpose {
            case .health: probe(one.runtime, one.upstream)
            case .loop: findLoop(one.runtime, one.upstream)
            }
        }
    }

    func answerer(for listen: ListenAddress) -> LaneAnswerer {
        if let known = answerers[listen] { return known }
        let answerer = LaneAnswerer(listen: listen, state: commons.publisher.state, board: commons.board)
        answerers[listen] = answerer
        return answerer
    }
}
