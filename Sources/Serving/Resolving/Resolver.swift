package import Answering
import CLinux
package import Logging
package import NIOCore
import Synchronization

/// Which bound a query met that was refused with SERVFAIL.
package enum ShedReason: CaseIterable, Sendable {
    /// `ResolverLimits.jobCountMax`: too many queries wait.
    case waiting
    /// `ResolverLimits.exchangeCountMax`: too many questions are under way to upstreams.
    case exchanges

    /// The label `reason`.
    package var label: String {
        switch self {
        case .waiting: "waiting_queries"
        case .exchanges: "upstream_questions"
        }
    }
}

/// Everything that waits for upstreams: lanes with a thread each, and the groups they ask.
package final class Resolver: Sendable {
    package let limits: ResolverLimits
    let publisher: Publisher
    let board: StatisticsBoard
    let log: QueryLogRing
    let logger: Logger
    let streams: UpstreamStreams
    private let lanes: [ResolverLane]
    private let runtimes = Mutex<[ObjectIdentifier: ForwardRuntime]>([:])
    /// By the path of a file in the format of resolv.conf.
    private let nameservers = Mutex<[String: [UpstreamAddress]]>([:])
    private let jobCount = Atomic<Int>(0)
    private let exchangeCount = Atomic<Int>(0)
    private let shedWaiting = Atomic<UInt64>(0)
    private let shedExchanges = Atomic<UInt64>(0)

    /// Takes threads and descriptors; throws where the system has none left.
    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, group: any EventLoopGroup, laneCount: Int,
        logger: Logger, limits: ResolverLimits = ResolverLimits()
    ) throws(SocketError) {
        precondition(laneCount > 0, "somebody must wait")
        self.publisher = publisher
        self.board = board
        self.log = log
        self.limits = limits
        self.logger = logger
        streams = UpstreamStreams(group: group)
        var lanes: [ResolverLane] = []
        for index in 0..<laneCount { lanes.append(try ResolverLane(index: index)) }
        self.lanes = lanes
    }

    /// Starts the threads.
    package func start() throws(SocketError) { for lane in lanes { try lane.start(self) } }

    /// Takes over a query; false where too many wait already, and then the caller answers it.
    package func submit(_ job: ResolverJob) -> Bool {
        guard jobCount.add(1, ordering: .relaxed).newValue <= limits.jobCountMax else {
            jobCount.subtract(1, ordering: .relaxed)
            shedWaiting.add(1, ordering: .relaxed)
            return false
        }
        hand(job)
        return true
    }

    /// Gives a job to the lane that asks its question: equal questions meet there.
    func hand(_ job: ResolverJob) { lanes[lane(of: job.need)].post(.job(job)) }

    func lane(of question: UpstreamQuestion) -> Int {
        Int(truncatingIfNeeded: question.nameHash >> 17 & 0xFFFF) % lanes.count
    }

    func jobEnded() { jobCount.subtract(1, ordering: .releasing) }

    func beginExchange() -> Bool {
        guard exchangeCount.add(1, ordering: .relaxed).newValue <= limits.exchangeCountMax else {
            exchangeCount.subtract(1, ordering: .relaxed)
            shedExchanges.add(1, ordering: .relaxed)
            return false
        }
        return true
    }

    func endExchange() { exchangeCount.subtract(1, ordering: .relaxed) }

    package var jobsInFlight: Int { jobCount.load(ordering: .acquiring) }
    package var exchangesInFlight: Int { exchangeCount.load(ordering: .relaxed) }

    /// Queries refused for want of room.
    package func shedCount(_ reason: ShedReason) -> UInt64 {
        switch reason {
        case .waiting: shedWaiting.load(ordering: .relaxed)
        case .exchanges: shedExchanges.load(ordering: .relaxed)
        }
    }

    /// The longest time any lane has not gone round its loop, in nanoseconds.
    package var longestSilence: UInt64 { lanes.map(\.silence).max() ?? 0 }

    /// The directive at work; made where it is new.
    package func runtime(of group: ForwardGroup) -> ForwardRuntime {
        runtimes.withLock { runtimes in
            if let known = runtimes[ObjectIdentifier(group)] { return known }
            let runtime = ForwardRuntime(group, upstreams: addresses(of: group.definition))
            runtimes[ObjectIdentifier(group)] = runtime
            return runtime
        }
    }

    /// Takes what the files say that `forward` directives name; `apply` brings it into force.
    package func setNameservers(_ files: [String: [UpstreamAddress]]) { nameservers.withLock { $0 = files } }

    private func addresses(of definition: ForwardDefinition) -> [UpstreamAddress] {
        let files = nameservers.withLock { $0 }
        return definition.targets.flatMap { target in
            switch target {
            case .address(let address): [address]
            case .resolvConf(let path): files[path] ?? []
            }
        }
    }

    /// Brings the upstreams of these groups up to date, and forgets all others; true where an upstream is new.
    package func apply(_ groups: [ForwardGroup]) -> Bool {
        let wanted = Set(groups.map { ObjectIdentifier($0) })
        let known = runtimes.withLock { runtimes in
            runtimes = runtimes.filter { wanted.contains($0.key) }
            return Set(runtimes.keys)
        }
        var isNew = false
        for group in groups {
            let fresh = runtime(of: group).replace(addresses(of: group.definition))
            if !fresh.isEmpty || !known.contains(ObjectIdentifier(group)) { isNew = true }
        }
        return isNew
    }

    /// Looks for loops of every upstream of groups with `loop`; to be called once the ports are open.
    package func lookForLoops() {
        for runtime in runtimes.withLock({ Array($0.values) }) where runtime.group.definition.detectsLoops {
            for upstream in runtime.upstreams { lanes[0].post(.findLoop(runtime, upstream)) }
        }
    }

    package var allRuntimes: [ForwardRuntime] { runtimes.withLock { Array($0.values) } }

    /// Returns when nobody waits any more, after `time` at the latest.
    package func drain(for time: Duration) async {
        let end = ContinuousClock.now + time
        while jobsInFlight > 0, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(5)) }
    }

    /// Ends the threads; what still waits gets no answer.
    package func stop() async {
        for lane in lanes { lane.post(.stop) }
        for lane in lanes { await lane.join() }
        await streams.close()
    }
}
