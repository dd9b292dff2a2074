import Answering
import DNSTesting
import DNSWire
import Logging
import NetworkAddress
import Serving
import Synchronization

/// One history of the resolver: clients that ask, a worker and a lane, upstreams that fail and lie, and time that jumps.
///
/// Parsing, cache, worker and lane are those of the server; sockets, connections, the clock and chance come from here, so
/// that a seed replays exactly. `run` is in `+Run`, the server's side in `+Server`, upstreams and what lies between in
/// `+Upstreams`, what must hold in `ResolverJudge` and `WireJudge`.
package final class ResolverSimulation {
    enum Happening {
        case asks
        /// Many clients ask one thing at once.
        case crowd
        case moods
        case jump
        /// A job reaches the lane.
        case lane(ResolverJob)
        case wakes(Int)
        case upstream(Sent)
        /// Octets reach a port of ours; `entry` is their number in the ledger.
        case datagram(Sent, [UInt8], entry: Int?)
        case closedPort(Sent)
        case stream(Sent, [UInt8]?, entry: Int?)
        case isDue(Int)
    }

    /// Faults in the simulation itself, to show that the judge sees them.
    package enum Sabotage: Sendable, CaseIterable {
        /// The worker's clock stands still, so that answers never grow old.
        case stoppedClock
        /// Some jobs never reach the lane.
        case lostJobs
    }

    let seed: UInt64
    let sabotage: Sabotage?
    private let tracer: ((String) -> Void)?
    var random: SplitMix64
    var agenda = Agenda<Happening>()
    var now = Duration.zero
    /// How far the server's clock is ahead of ours, in nanoseconds.
    var skew: UInt64 = 1_000_000_000_000

    let options: ServerOptions
    let isBenign: Bool
    var upstreams: [SimulatedUpstream]
    var ledger = Ledger()
    /// Set at the end: nothing fails any more.
    var isQuiet = false

    let group: ForwardGroup
    let commons: ResolverCommons
    let listen: ListenAddress
    var answerer: Answerer
    var core: LaneCore
    let outside: SimulatedOutside
    let replies = ReplyBox()
    var buffer = [UInt8](repeating: 0, count: Answerer.tcpOctetCountMax)
    var alarm = 0
    var alarmTime: UInt64 = .max
    var questionCount = 0

    var judge: ResolverJudge
    var wireJudge: WireJudge

    /// `tracer` is told every step.
    package init(seed: UInt64, sabotage: Sabotage? = nil, tracer: ((String) -> Void)? = nil) throws {
        self.seed = seed
        self.sabotage = sabotage
        self.tracer = tracer
        // Another start than the registry's histories have.
        var random = SplitMix64(seed: seed ^ 0x5E50_1BE5)
        let isBenign = random.oneIn(8)
        var options = ServerOptions(&random)
        if isBenign { (options.maxConcurrent, options.jobCountMax) = (0, 16_384) }
        let slowest = isBenign ? 20 : 120
        upstreams = (0..<options.upstreamCount).map { _ in
            SimulatedUpstream(milliseconds: Int.random(in: 1...slowest, using: &random))
        }
        self.isBenign = isBenign
        self.options = options
        self.random = random
        let configuration = try TestServer.configuration(options.corefile)
        let state = ServingState(generation: 1, configuration: configuration, zones: [], hosts: [])
        group = state.forwards[0]
        listen = configuration.listeners[0].address
        answerer = Answerer(listen: listen, state: state)
        commons = ResolverCommons(
            publisher: Publisher(state), board: StatisticsBoard(), log: QueryLogRing(capacity: 16), laneCount: 1,
            logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }, limits: options.limits)
        outside = SimulatedOutside()
        core = LaneCore(outside: outside, commons, index: 0)
        judge = ResolverJudge(options: options, isBenign: isBenign)
        wireJudge = WireJudge(options: options)
        outside.simulation = self
    }

    /// The server's clock.
    var clock: UInt64 { skew + nanoseconds(now) }

    func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    func microseconds(_ range: ClosedRange<Int>) -> Duration { .microseconds(Int.random(in: range, using: &random)) }

    func milliseconds(_ range: ClosedRange<Int>) -> Duration { .milliseconds(Int.random(in: range, using: &random)) }

    func plan(_ happening: Happening, in delay: Duration) { agenda.plan(happening, at: now + delay) }

    func trace(_ line: @autoclosure () -> String) {
        guard let tracer else { return }
        tracer("\(nanoseconds(now) / 1000) us: \(line())")
    }
}

/// Responses on their way out of the lane, which may come from any thread.
final class ReplyBox: Sendable {
    private let replies = Mutex<[(query: Int, octets: [UInt8])]>([])

    func put(_ query: Int, _ octets: [UInt8]) { replies.withLock { $0.append((query, octets)) } }

    func takeAll() -> [(query: Int, octets: [UInt8])] {
        replies.withLock { replies in
            defer { replies = [] }
            return replies
        }
    }
}
