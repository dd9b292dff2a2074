import Admin
import Answering
import Logging
import NIOCore
import ServiceLifecycle
import Serving

/// The pages for operators, open from before the first answer until after the last.
struct ServeAdmin: ServiceLifecycle.Service {
    private let publisher: Publisher
    private let sharesPorts: Bool
    private let server: AdminServer
    private let monitor: HealthMonitor

    init(
        publisher: Publisher, board: StatisticsBoard, series: SeriesRegistry, ring: QueryLogRing, metrics: ServeMetrics,
        resolver: Resolver, phase: ServePhase, group: any EventLoopGroup, sharesPorts: Bool, node: NodeOptions?,
        logger: Logger
    ) {
        let sources = AdminSources(
            build: BuildInformation(version: Version.text, revision: Version.revision, compiler: Version.compiler),
            publisher: publisher, board: board, series: series, log: ring,
            figures: {
                var figures = metrics.figures(publisher.state, isShuttingDown: phase.phase == .stopping)
                figures.shedCounts = ["send": board.unsentCount]
                figures.nodeSetupErrorCounts = node?.errors.byName ?? [:]
                for reason in ShedReason.allCases { figures.shedCounts[reason.label] = resolver.shedCount(reason) }
                figures.deferredInFlight = resolver.jobsInFlight
                figures.forwards = resolver.allRuntimes.map { ForwardStatus($0) }
                return figures
            })
        self.publisher = publisher
        self.sharesPorts = sharesPorts
        server = AdminServer(
            sources: sources, group: group, logger: logger, metricsAddress: node?.metricsAddress)
        monitor = HealthMonitor(server: server, group: group)
    }

    /// Opens the addresses of `configuration` and closes all others; what cannot be opened is logged.
    ///
    /// A server that shares its ports waits for those of the pages until the other one is gone; that is no error.
    func open(_ configuration: ServerConfiguration) async {
        await server.apply(configuration, reportingAt: sharesPorts ? .notice : .error)
    }

    /// Whether an address could not be opened, which another process may give up some time.
    var isIncomplete: Bool { server.isIncomplete }

    /// Tries again what could not be opened.
    func retry() async { await server.apply(publisher.state.configuration, reportingAt: nil) }

    func run() async throws {
        try await monitor.run()
        await server.stop()
    }
}
