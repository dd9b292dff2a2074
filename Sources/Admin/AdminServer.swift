package import Answering
package import Corefile
import Glibc
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import Serving
import Synchronization

/// The pages `/health`, `/ready` and `/metrics` over HTTP/1.1, each at the address its directive names.
package final class AdminServer: Sendable {
    /// Connections the kernel keeps while nobody has accepted them.
    private static let backlog: Int32 = 128

    private let sources: AdminSources
    private let group: any EventLoopGroup
    private let limits: AdminLimits
    private let logger: Logger
    private let loads: WorkerLoads
    /// Metrics are there too, whatever the configuration says.
    private let metricsAddress: HostAndPort?
    private let listeners = Mutex<[HostAndPort: AdminListener]>([:])
    private let health = Mutex(HealthFigures())
    /// Addresses that could not be had.
    private let missingCount = Atomic(0)

    package init(
        sources: AdminSources, group: any EventLoopGroup, logger: Logger, limits: AdminLimits = AdminLimits(),
        metricsAddress: HostAndPort? = nil
    ) {
        self.sources = sources
        self.group = group
        self.limits = limits
        self.logger = logger
        self.metricsAddress = metricsAddress
        loads = WorkerLoads(board: sources.board)
    }

    /// Opens and closes addresses so that they are those of `configuration`; to be called by one task at a time.
    ///
    /// An address that cannot be had is returned as a sentence, and logged at `level` (nil: not at all); the others, and
    /// DNS, go on without it.
    @discardableResult
    package func apply(
        _ configuration: ServerConfiguration, reportingAt level: Logger.Level? = .error
    ) async -> [String] {
        var wanted = configuration.adminPages
        if let metricsAddress { wanted[metricsAddress, default: []].insert(.metrics) }
        health.withLock { $0.isEnabled = wanted.values.contains { $0.contains(.health) } }
        await close { [wanted] in wanted[$0] == nil }
        var problems: [String] = []
        for (address, pages) in wanted.sorted(by: { $0.key.description < $1.key.description }) {
            if let listener = listeners.withLock({ $0[address] }) {
                listener.pages.withLock { $0 = pages }
                continue
            }
            do {
                try await open(address, pages)
                if level == nil {
                    logger.info("\(pages.map(\.rawValue).sorted().joined(separator: ", ")) at \(address) now")
                }
            } catch {
                if let level { logger.log(level: level, "\(error)") }
                problems.append(error.description)
            }
        }
        missingCount.store(problems.count, ordering: .relaxed)
        return problems
    }

    /// Whether an address of the last configuration could not be had.
    package var isIncomplete: Bool { missingCount.load(ordering: .relaxed) > 0 }

    /// Closes every address.
    package func stop() async { await close { _ in true } }

    /// Where the page is to be found, for the server's own requests and for tests.
    func localAddress(of page: AdminPage) -> SocketAddress? {
        listeners.withLock { listeners in
            listeners.values.filter { $0.pages.withLock { $0.contains(page) } }.flatMap(\.localAddresses).first
        }
    }

    /// Counts one of the server's own requests for `/health`.
    func countHealthRequest(_ duration: Duration, isFailure: Bool) {
        health.withLock { health in
            health.durations.add(duration)
            if isFailure { health.failureCount += 1 }
        }
    }

    private func open(_ address: HostAndPort, _ pages: Set<AdminPage>) async throws(AdminListenError) {
        let listener = AdminListener(pages: pages)
        try await listener.bind(address, bootstrap(listener))
        listeners.withLock { $0[address] = listener }
    }

    private func close(_ isGone: (HostAndPort) -> Bool) async {
        let gone = listeners.withLock { listeners in
            let gone = listeners.filter { isGone($0.key) }
            for address in gone.keys { listeners[address] = nil }
            return gone.values
        }
        for listener in gone { await listener.close() }
    }

    private func bootstrap(_ listener: AdminListener) -> ServerBootstrap {
        let connections = AdminConnectionCount()
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TCPAcceptPause())
                }
            }
            .childChannelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: AdminLimits.receiveOctetCount)
            )
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel, self.limits, connections) { path, query in
                        guard let page = AdminPage(rawValue: String(path)),
                            listener.pages.withLock({ $0.contains(page) })
                        else { return nil }
                        return self.answer(page, query)
                    }
                }
            }
    }

    /// Puts the handlers of one connection in place.
    static func configure(
        _ channel: any Channel, _ limits: AdminLimits, _ connections: AdminConnectionCount,
        _ answer: @escaping @Sendable (Substring, Substring) -> AdminAnswer?
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let connection = AdminConnectionGuard(limits: limits, connections: connections)
        try pipeline.addHandler(connection)
        try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
        try pipeline.addHandler(AdminRequestHandler(connection: connection, answer: answer))
    }

    private func answer(_ page: AdminPage, _ query: Substring) -> AdminAnswer {
        switch page {
        case .health: AdminAnswer(200, "OK")
        case .ready:
            ReadyPage.render(
                isComplete: sources.publisher.state.isReady, sources.figures(),
                isVerbose: query.split(separator: "&").contains { $0 == "verbose" || $0.hasPrefix("verbose=") })
        case .metrics: AdminAnswer(metrics: MetricsPage.render(input))
        case .status: StatusPage.render(statusInput, isJSON: query.split(separator: "&").contains("format=json"))
        }
    }

    private var statusInput: StatusPage.Input {
        sources.log.traffic.count()
        return StatusPage.Input(
            build: sources.build, figures: sources.figures(), isReady: sources.publisher.state.isReady,
            sketches: sources.log.traffic.sketches, now: Double(Glibc.time(nil)))
    }

    private var input: MetricsInput {
        MetricsInput(
            build: sources.build, state: sources.publisher.state, totals: sources.board.totals,
            keys: sources.series.all, figures: sources.figures(), health: health.withLock { $0 }, process: .read(),
            workerLoads: loads.look(), logDropCount: sources.log.droppedCount)
    }
}
