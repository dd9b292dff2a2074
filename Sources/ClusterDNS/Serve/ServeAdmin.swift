import Admin
import Answering
import Logging
import NIOCore
import ServiceLifecycle
import Serving

/// The pages for operators, open from before the first answer until after the last.
struct ServeAdmin: ServiceLifecycle.Service {
    private let server: AdminServer
    private let monitor: HealthMonitor

    init(
        publisher: Publisher, board: StatisticsBoard, series: SeriesRegistry, ring: QueryLogRing, metrics: ServeMetrics,
        phase: ServePhase, group: any EventLoopGroup, logger: Logger
    ) {
        let sources = AdminSources(
            build: BuildInformation(version: Version.text, revision: Version.revision, compiler: Version.compiler),
            publisher: publisher, board: board, series: series, log: ring,
            figures: {
                var figures = metrics.figures(publisher.state, isShuttingDown: phase.phase == .stopping)
                figures.shedCounts = ["send": board.unsentCount]
                return figures
            })
        server = AdminServer(sources: sources, group: group, logger: logger)
        monitor = HealthMonitor(server: server, group: group)
    }

    /// Opens the addresses of `configuration` and closes all others; what cannot be opened is logged.
    func open(_ configuration: ServerConfiguration) async { await server.apply(configuration) }

    func run() async throws {
        try await monitor.run()
        await server.stop()
    }
}
