package import Answering
package import Serving

/// Where the admin pages find what they show.
package struct AdminSources: Sendable {
    package var build: BuildInformation
    package var publisher: Publisher
    package var board: StatisticsBoard
    package var series: SeriesRegistry
    package var log: QueryLogRing
    /// Asked once for each page; must not wait.
    package var figures: @Sendable () -> AdminFigures

    package init(
        build: BuildInformation, publisher: Publisher, board: StatisticsBoard, series: SeriesRegistry,
        log: QueryLogRing,
        figures: @escaping @Sendable () -> AdminFigures
    ) {
        self.build = build
        self.publisher = publisher
        self.board = board
        self.series = series
        self.log = log
        self.figures = figures
    }
}

/// What `coredns_build_info` says of the program.
package struct BuildInformation: Hashable, Sendable {
    package var version: String
    /// The commit it was built from.
    package var revision: String
    /// The compiler, `swift6.3.1`: dashboards know this label as `goversion`.
    package var compiler: String

    package init(version: String, revision: String, compiler: String) {
        self.version = version
        self.revision = revision
        self.compiler = compiler
    }
}

/// What the control plane tells of itself at one moment.
package struct AdminFigures: Sendable {
    /// From SIGTERM on, while answers go on: `/ready` says 503.
    package var isShuttingDown = false
    /// In the order of the configuration's registries.
    package var registries: [RegistryStatus] = []
    package var reloadFailureCount: UInt64 = 0
    package var panicCount: UInt64 = 0
    /// FNV-1a of the configuration in force, in hexadecimal; empty where it is not known.
    package var configurationHash = ""
    /// When a hosts file was last read, in seconds since 1970; nil for never.
    package var hostsReloadSeconds: Double?
    /// Zone files that could not be used, each time they were read.
    package var zoneFailureCount: UInt64 = 0
    /// When the first signature of a zone that was signed elsewhere ends, in seconds since 1970; nil for none.
    package var signaturesEndSeconds: Int64?
    /// Copies of other servers' zones, in the order of their names.
    package var zoneCopies: [ZoneCopyStatus] = []
    /// Answers of primaries, by what they were: `unchanged`, `differences`, `whole`, `failed`.
    package var transferCounts: [String: UInt64] = [:]
    /// Queries given up, by reason; few reasons, fixed in the program.
    package var shedCounts: [String: UInt64] = [:]
    /// What went wrong in setting up this node, by kind; empty for a server that does not set one up.
    package var nodeSetupErrorCounts: [String: UInt64] = [:]
    /// The `forward` directives at work.
    package var forwards: [ForwardStatus] = []
    /// Queries that wait for upstreams.
    package var deferredInFlight = 0
    /// When the process started, in seconds since 1970.
    package var processStartSeconds: Double = 0

    package init() {}
}

/// How one registry fares.
package struct RegistryStatus: Sendable {
    /// The zones it is for, as in `cluster.local.`.
    package var name: String
    package var isComplete = false
    /// Why the registry may be out of date, in a sentence; nil while all is well.
    package var problem: String?
    /// Seconds since the last proof of life, by resource (`services`, `manifests`).
    package var ages: [String: Double] = [:]
    /// By kind (`Service`, `EndpointSlice`).
    package var objectCounts: [String: Int] = [:]
    /// From an event to the state published with it.
    package var applyDurations = DurationHistogram(.apply)
    /// From the change of an endpoint to the state published with it, by `service_kind`.
    package var programmingDurations: [String: DurationHistogram] = [:]
    /// What the registry's client asked of the Kubernetes API; nil for manifests.
    package var requests: RequestStatus?
    /// Objects skipped since the start because they could not be read, by resource.
    package var rejectedCounts: [String: UInt64] = [:]
    /// Lists since the start that were empty although many objects were known, by resource.
    package var emptiedCounts: [String: UInt64] = [:]

    package init(name: String) { self.name = name }
}

/// Requests to one Kubernetes API since the start.
package struct RequestStatus: Hashable, Sendable {
    /// `HOST:PORT`.
    package var host: String
    /// `GET`: nothing is ever written.
    package var method: String
    /// By status code, or `<error>` where no response came.
    package var counts: [String: UInt64]
    /// From sending a request to the head of its response, in nanoseconds.
    package var durations: Histogram
    /// Of `durations`, in nanoseconds.
    package var bounds: [UInt64]

    package init(host: String, method: String, counts: [String: UInt64], durations: Histogram, bounds: [UInt64]) {
        self.host = host
        self.method = method
        self.counts = counts
        self.durations = durations
        self.bounds = bounds
    }
}

/// Durations counted in buckets.
package struct DurationHistogram: Hashable, Sendable {
    package enum Bounds: Hashable, Sendable {
        /// 250 us doubled fifteen times: requests.
        case request
        /// 100 us doubled fifteen times: `clusterdns_registry_apply_seconds`.
        case apply
        /// 1 ms doubled nineteen times: `coredns_kubernetes_dns_programming_duration_seconds`.
        case programming

        package var nanoseconds: [UInt64] {
            switch self {
            case .request: SeriesStatistics.durationBoundsNanoseconds
            case .apply: (0..<16).map { 100_000 << UInt64($0) }
            case .programming: (0..<20).map { 1_000_000 << UInt64($0) }
            }
        }
    }

    package let bounds: Bounds
    private var buckets: [UInt64]
    /// In nanoseconds.
    private var sum: UInt64 = 0

    package init(_ bounds: Bounds) {
        self.bounds = bounds
        buckets = Array(repeating: 0, count: bounds.nanoseconds.count + 1)
    }

    /// In nanoseconds.
    package var histogram: Histogram { Histogram(buckets: buckets, sum: sum) }

    /// Counts a duration; a negative one, as clocks of two machines can give, counts as 0.
    package mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let whole = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let rest = UInt64(clamping: attoseconds / 1_000_000_000)
        let nanoseconds = whole.overflow ? UInt64.max >> 1 : whole.partialValue &+ rest
        buckets[bounds.nanoseconds.firstIndex { nanoseconds <= $0 } ?? bounds.nanoseconds.count] &+= 1
        sum &+= nanoseconds
    }

    /// Adds the counts of another histogram with the same bounds.
    package mutating func add(_ other: DurationHistogram) {
        precondition(bounds == other.bounds, "buckets of other bounds count something else")
        for index in buckets.indices { buckets[index] &+= other.buckets[index] }
        sum &+= other.sum
    }
}
