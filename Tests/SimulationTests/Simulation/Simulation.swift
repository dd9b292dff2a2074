import ClusterModel
import DNSTesting
import KubernetesProtocol

/// One history: a cluster that changes, an API server and a network that fail, and our side, which follows.
///
/// No sockets, threads or real time: everything that happens is on the agenda, and all chance comes from one seed, so
/// that a seed replays exactly. `run` is in `Simulation+Run`, what fails in `Simulation+Faults`, the network in
/// `Simulation+Network`, our side in `Simulation+Registry`, and what must hold in `Simulation+Judge`.
package final class Simulation {
    enum Happening {
        case write
        case fault
        case faultEnds(Int)
        /// A request reaches the server.
        case arrives(Int, APIRequest)
        /// The server has something to send on this connection.
        case pump(Int)
        case bookmark(Int)
        case watchEnds(Int)
        /// Something reaches us; `isLast`: the connection is over.
        case delivers(Int, ReflectorEvent, isLast: Bool)
        case wakes(epoch: Int, index: Int, alarm: Int)
        case saves(epoch: Int)
        case probes(epoch: Int)
        /// An answer should have begun by now.
        case answerIsDue(Int)
    }

    /// A connection with its one request, seen from both ends.
    struct Connection {
        var index: Int
        var lastSign: Duration
        /// What was sent arrives in order.
        var lastDelivery: Duration
        var session: SimulatedAPIServer.WatchSession?
        var isFullRead: Bool
        var isOpen = false
        /// It was cut: nothing arrives any more but, perhaps, the news of it.
        var isDeaf = false

        func hears(_ event: ReflectorEvent) -> Bool {
            if case .failed = event { return true }
            return !isDeaf
        }
    }

    let seed: UInt64
    private let tracer: ((String) -> Void)?
    /// Whether our side leaves out the sweep at the end of a list, to show that the judge would see it.
    let forgetsSweeps: Bool
    var random: SplitMix64
    var agenda = Agenda<Happening>()
    var now = Duration.zero

    var server: SimulatedAPIServer
    var faults = Faults()
    var backups: [SimulatedCluster] = []
    /// Set once at the end: nothing fails or changes any more.
    var isQuiet = false

    var registry: SimulatedRegistry
    var file = SimulatedRegistry.File()
    var connections: [Int: Connection] = [:]
    /// By resource: the connection in flight.
    var flights = [Int?](repeating: nil, count: SimulatedRegistry.resources.count)
    var alarms = [Int](repeating: 0, count: SimulatedRegistry.resources.count)
    /// By resource, by our side's clock.
    var alarmTimes = [Duration?](repeating: nil, count: SimulatedRegistry.resources.count)
    /// How far our side's clock is ahead of everybody else's.
    var skew = Duration.zero
    var isSaving = false
    var isProbing = false
    /// By resource, who waits for the server, and whether a failure was seen since.
    var waiters: [Int: Bool] = [:]
    private var counter = 0

    var judge = Judge()

    /// `tracer` is told every step.
    package init(seed: UInt64, forgetsSweeps: Bool = false, tracer: ((String) -> Void)? = nil) {
        self.seed = seed
        self.forgetsSweeps = forgetsSweeps
        self.tracer = tracer
        random = SplitMix64(seed: seed)
        server = SimulatedAPIServer(habits: ServerHabits(&random))
        registry = SimulatedRegistry(epoch: 0, file: file, seed: seed)
    }

    func nextNumber() -> Int {
        counter += 1
        return counter
    }

    func milliseconds(_ range: ClosedRange<Int>) -> Duration { .milliseconds(Int.random(in: range, using: &random)) }

    func plan(_ happening: Happening, in delay: Duration) { agenda.plan(happening, at: now + delay) }

    func trace(_ line: @autoclosure () -> String) {
        guard let tracer else { return }
        tracer("\(Int(now / .milliseconds(1))) ms: \(line())")
    }
}
