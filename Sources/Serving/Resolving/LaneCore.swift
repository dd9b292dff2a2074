import Answering
import CLinux
import DNSWire
import DequeModule
import HeapModule

/// What a lane's thread does and owns: the queries that wait, and the exchanges they wait for.
///
/// Never leaves its thread. Other threads talk to it through the letters of its `ResolverLane`.
final class LaneCore {
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

    /// An idle lane goes round this often, so that a watchdog sees it alive.
    private static let idleMilliseconds: Int32 = 500

    let lane: ResolverLane
    let resolver: Resolver
    let index: Int
    var sockets: LaneSockets
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
    private(set) var now: UInt64 = 0
    var buffer = [UInt8](repeating: 0, count: 65_535)

    struct ExchangeKey: Hashable {
        var group: ObjectIdentifier
        var question: UpstreamQuestion
    }

    init(_ lane: ResolverLane, _ resolver: Resolver, index: Int) {
        self.lane = lane
        self.resolver = resolver
        self.index = index
        sockets = LaneSockets(epoll: lane.epoll)
    }

    func makeID() -> UInt64 {
        nextID += 1
        return nextID
    }

    /// Serves until the letter `stop`.
    func run() {
        var tokens = [UInt64](repeating: 0, count: Int(CLINUX_EVENTS))
        var isRunning = true
        while isRunning {
            // SAFETY: the C function fills at most CLINUX_EVENTS places.
            let count = unsafe clinux_epoll_wait(lane.epoll, &tokens, waitMilliseconds())
            now = clinux_monotonic_nanoseconds()
            lane.noteTurn(at: now)
            for token in tokens.prefix(Int(count)) {
                if token == ResolverLane.bellToken { isRunning = readLetters() && isRunning } else { readSocket(token) }
            }
            ring()
            for answerer in answerers.values { answerer.publish(at: now) }
        }
        for answerer in answerers.values {
            answerer.publish(at: now, isLast: true)
            answerer.leave()
        }
    }

    private func waitMilliseconds() -> Int32 {
        // Counts that wait to be left on the board are not forgotten.
        let most = answerers.values.allSatisfy(\.isPublished) ? Self.idleMilliseconds : 10
        var next = alarms.min?.time ?? .max
        if let first = deadlines.first { next = min(next, first.time) }
        for probe in probes { next = min(next, probe.time) }
        guard next < .max else { return most }
        let current = clinux_monotonic_nanoseconds()
        return next <= current ? 0 : Int32(min(UInt64(most), (next - current) / 1_000_000 + 1))
    }

    private func readLetters() -> Bool {
        var goesOn = true
        for letter in lane.takeLetters() {
            switch letter {
            case .job(let job): begin(job)
            case .streamReply(let exchange, let attempt, let octets):
                takeStreamReply(exchange: exchange, attempt: attempt, octets)
            case .findLoop(let runtime, let upstream): findLoop(runtime, upstream)
            case .stop: goesOn = false
            }
        }
        return goesOn
    }

    /// Handles every alarm that is due.
    private func ring() {
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
        let answerer = LaneAnswerer(listen: listen, state: resolver.publisher.state, board: resolver.board)
        answerers[listen] = answerer
        return answerer
    }
}
