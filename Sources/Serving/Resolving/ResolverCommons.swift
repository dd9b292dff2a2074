package import Answering
package import Logging
import Synchronization

/// Which bound a query met that was refused with SERVFAIL.
package enum ShedReason: CaseIterable, Sendable {
    /// `ResolverLimits.jobCountMax`: too many queries wait.
    case waiting
    /// `ResolverLimits.exchangeCountMax`: too many questions are under way to upstreams.
    case exchanges
    /// `UpstreamPatience.silentCountMax`: too many wait for upstreams that say nothing.
    case silence
    /// Any of these, while more came than can be answered: such a query gets no answer.
    case overload

    /// The label `reason`.
    package var label: String {
        switch self {
        case .waiting: "waiting_queries"
        case .exchanges: "upstream_questions"
        case .silence: "silent_upstreams"
        case .overload: "overload"
        }
    }
}

/// What the lanes of a resolver share: bounds, counts, and the groups they ask.
package final class ResolverCommons: Sendable {
    package let limits: ResolverLimits
    let publisher: Publisher
    let board: StatisticsBoard
    let log: QueryLogRing
    let logger: Logger
    private let laneCount: Int
    private let runtimes = Mutex<[ObjectIdentifier: ForwardRuntime]>([:])
    /// By the path of a file in the format of resolv.conf.
    private let nameservers = Mutex<[String: [UpstreamAddress]]>([:])
    private let jobCount = Atomic<Int>(0)
    private let exchangeCount = Atomic<Int>(0)
    private let shedWaiting = Atomic<UInt64>(0)
    private let shedExchanges = Atomic<UInt64>(0)
    private let shedSilence = Atomic<UInt64>(0)
    private let shedOverload = Atomic<UInt64>(0)

    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, laneCount: Int, logger: Logger,
        limits: ResolverLimits = ResolverLimits()
    ) {
        precondition(laneCount > 0, "somebody must wait")
        self.publisher = publisher
        self.board = board
        self.log = log
        self.laneCount = laneCount
        self.logger = logger
        self.limits = limits
    }

    /// Counts a query in that is to be given to a lane; false where too many wait already.
    package func admit(_ job: ResolverJob) -> Bool {
        guard job.admission.patience.begin(at: job.start) else {
            noteSilence()
            return false
        }
        guard jobCount.add(1, ordering: .relaxed).newValue <= limits.jobCountMax else {
            jobCount.subtract(1, ordering: .relaxed)
            job.admission.patience.end()
            shedWaiting.add(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Counts a query that was not admitted and gets no answer either.
    func noteOverload() { shedOverload.add(1, ordering: .relaxed) }

    func noteSilence() { shedSilence.add(1, ordering: .relaxed) }

    /// Which lane asks a question: equal questions meet there.
    package func lane(of question: UpstreamQuestion) -> Int {
        Int(truncatingIfNeeded: question.nameHash >> 17 & 0xFFFF) % laneCount
    }

    func ended(_ job: ResolverJob) {
        job.admission.patience.end()
        jobCount.subtract(1, ordering: .releasing)
    }

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
        case .silence: shedSilence.load(ordering: .relaxed)
        case .overload: shedOverload.load(ordering: .relaxed)
        }
    }

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

    package var allRuntimes: [ForwardRuntime] { runtimes.withLock { Array($0.values) } }
}
