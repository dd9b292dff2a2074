import Answering
import CLinux
import ClusterZone
import Corefile
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Serving
import Supervision
import UnixSignals

/// A whole server: builds its parts, and runs them as one group of services.
struct ServeRuntime {
    private let loader: ConfigurationLoader
    private let logger: Logger
    private let series = SeriesRegistry()
    private let sharesPorts: Bool
    private let tls: ServeTLS
    /// nil for `serve`.
    private let node: NodeOptions?

    /// Takes the default file where `corefile` is nil; throws where there is none.
    init(corefile: String?, port: UInt16?, isQuiet: Bool, sharesPorts: Bool = false) throws(CommandFailure) {
        guard let file = corefile ?? ConfigurationLoader.defaultFile() else {
            throw CommandFailure(
                "there is no Corefile here (\(ConfigurationLoader.defaultFiles.joined(separator: ", "))); "
                    + "name one with -conf FILE")
        }
        self.init(
            ConfigurationLoader(file: file, defaultPort: port), Self.logger(isQuiet: isQuiet), sharesPorts: sharesPorts)
    }

    init(_ loader: ConfigurationLoader, _ logger: Logger, node: NodeOptions? = nil, sharesPorts: Bool = false) {
        self.loader = loader
        self.logger = logger
        self.node = node
        self.sharesPorts = sharesPorts
        tls = ServeTLS(logger: logger)
    }

    static func logger(isQuiet: Bool) -> Logger {
        var logger = Logger(label: "clusterdns") { _ in ServeLogHandler(logLevel: .info) }
        logger.logLevel = isQuiet ? .warning : .info
        return logger
    }

    /// Gives up rights; see ``ServeConfinement``.
    ///
    /// To be called before `run`, while the process has one thread.
    func confine(_ options: ConfinementOptions, logger: Logger? = nil) throws {
        try ServeConfinement(
            loader: loader, node: node, options: options, sharesPorts: sharesPorts, logger: logger ?? self.logger
        ).enter()
    }

    /// Serves until SIGTERM or SIGINT; throws where the configuration is refused or a port cannot be had.
    func run() async throws {
        clinux_limit_malloc_arenas(2)
        _ = clinux_raise_descriptor_limit()
        ignoreEarlySignals()
        let fingerprint = ConfigurationFingerprint(loader: loader)
        let configuration = try load()
        let network = NodeNetworkKeeper(options: node, logger: logger)
        do {
            try await network.prepare(configuration)
            try await serve(configuration, fingerprint, network)
        } catch {
            await network.release()
            throw error
        }
        await network.release()
    }

    /// Builds the control plane, and serves at addresses that are there.
    private func serve(
        _ configuration: ServerConfiguration, _ fingerprint: ConfigurationFingerprint, _ network: NodeNetworkKeeper
    ) async throws {
        let files = ServeRegistryFiles()
        let sources = Set(configuration.registries.map(\.source))
        let findings = files.open(for: sources)
        let compiler = StateCompiler(
            configuration: configuration, now: { UInt32(truncatingIfNeeded: Int(Date().timeIntervalSince1970)) },
            reserve: { files.reserve($0, $1) })
        await compiler.expect(sources, marks: files.marks)
        let publisher = Publisher(await compiler.start())
        await compiler.attach { publisher.publish($0) }

        let metrics = ServeMetrics()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, CPUQuota.coreCount / 2))
        let registries = ServeRegistries(
            compiler: compiler, files: files, metrics: metrics, group: group, logger: logger)
        try await registries.prepare(sources)
        await registries.follow(sources, findings: findings)
        let hosts = ServeHosts(compiler: compiler, metrics: metrics, logger: logger)
        await hosts.refresh(configuration.hosts)
        let zoneFiles = ServeZoneFiles(compiler: compiler, metrics: metrics, logger: logger)
        await zoneFiles.follow(configuration.zoneSets, keepsDifferences: configuration.hasTransfers)
        let secondaries = ServeSecondaries(compiler: compiler, metrics: metrics, group: group, logger: logger)
        await secondaries.refresh(configuration.zoneSets, keepsDifferences: configuration.hasTransfers)
        do {
            try await serve(
                configuration, fingerprint, publisher,
                Control(
                    compiler: compiler, files: files, metrics: metrics, registries: registries, hosts: hosts,
                    zoneFiles: zoneFiles, secondaries: secondaries, network: network),
                group)
        } catch {
            await secondaries.stop()
            await registries.stop()
            throw error
        }
        await secondaries.stop()
        await registries.stop()
        try? await group.shutdownGracefully()
    }

    /// A reload asked for before the server runs has nothing to do; a reader of the log that went away is no reason to end.
    private func ignoreEarlySignals() {
        for number in [SIGHUP, SIGUSR1, SIGPIPE] { signal(number, SIG_IGN) }
    }

    /// The parts of the control plane.
    private struct Control {
        let compiler: StateCompiler
        let files: ServeRegistryFiles
        let metrics: ServeMetrics
        let registries: ServeRegistries
        let hosts: ServeHosts
        let zoneFiles: ServeZoneFiles
        let secondaries: ServeSecondaries
        let network: NodeNetworkKeeper
    }

    private func load() throws(CommandFailure) -> ServerConfiguration {
        do {
            let configuration = try loader.load(series: series)
            for warning in configuration.warnings { logger.warning("\(warning)") }
            // Read again when the ports are opened; what cannot be used is said before anything else begins.
            _ = try tls.identities(for: configuration)
            if configuration.blocks.isEmpty {
                logger.warning("\(loader.file) has no server block; every query is refused")
            }
            return configuration
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Builds the data plane around `control` and runs everything.
    private func serve(
        _ configuration: ServerConfiguration, _ fingerprint: ConfigurationFingerprint, _ publisher: Publisher,
        _ control: Control, _ group: MultiThreadedEventLoopGroup
    ) async throws {
        control.metrics.noteConfiguration(fingerprint)
        let (board, ring, phase, systemd) = (StatisticsBoard(), QueryLogRing(), ServePhase(), SystemdNotifier())
        let cores = CPUQuota.coreCount
        let resolver = try Resolver(
            publisher: publisher, board: board, log: ring, group: group, laneCount: cores, logger: logger)
        try resolver.start()
        let upstreams = ServeUpstreams(resolver: resolver, publisher: publisher, logger: logger)
        await upstreams.refresh()
        let inherited = ServeInheritance.take(for: configuration, corefile: loader.file, logger: logger)
        let status = ServeStatus(systemd: systemd, publisher: publisher, phase: phase, metrics: control.metrics)
        let listeners = ServeListeners(
            udp: UDPListeners(
                publisher: publisher, board: board, log: ring, resolver: resolver,
                options: .init(workersPerAddress: cores, sharesPorts: sharesPorts, inherited: inherited)),
            tcp: TCPListeners(
                publisher: publisher, board: board, log: ring, resolver: resolver, group: group,
                sharesPorts: sharesPorts, inherited: inherited),
            resolver: resolver, tls: tls, publisher: publisher, status: status, phase: phase, logger: logger)
        let admin = ServeAdmin(
            publisher: publisher, board: board, series: series, ring: ring, metrics: control.metrics,
            resolver: resolver, phase: phase, group: group, sharesPorts: sharesPorts, node: node, logger: logger)
        let reload = ServeReload(
            loader: loader, series: series, compiler: control.compiler, files: control.files,
            registries: control.registries, hosts: control.hosts, zoneFiles: control.zoneFiles,
            secondaries: control.secondaries, upstreams: upstreams, network: control.network, listeners: listeners,
            admin: admin, metrics: control.metrics, logger: logger, fingerprint: fingerprint)
        await admin.open(configuration)
        status.refresh()
        await waitForFirstView(configuration, publisher)
        let (vitals, pulse) = (Vitals(), EventLoopPulse(group))
        defer { pulse.stop() }
        vitals.join("UDP workers") { listeners.udp.longestSilence }
        vitals.join("event loops of TCP") { pulse.longestSilence }
        vitals.join("resolver lanes") { resolver.longestSilence }
        let services: [any Service] = [
            QueryLogWriter(ring: ring, publisher: publisher, hasPriorities: JournalStream.isStandardOutput), admin,
            ServeWatchdog(vitals: vitals, status: status, systemd: systemd, logger: logger),
            ServeWatch(
                publisher: publisher, reload: reload, hosts: control.hosts, zoneFiles: control.zoneFiles,
                upstreams: upstreams, resolver: resolver, admin: admin, phase: phase),
            ServeNotifier(publisher: publisher, group: group),
            NodeNetworkWatch(
                keeper: control.network, publisher: publisher, phase: phase,
                rulesInterval: node?.rulesInterval ?? .seconds(60)),
            listeners,
        ]
        logger.info("clusterdns-\(Version.text) with \(cores) worker threads an address")
        try await ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger)
        ).run()
    }

    /// The life cycle's own messages matter only when something fails.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = .error
        return quiet
    }

    /// Keeps the ports closed until every registry is complete, or its `startup_timeout` is over (cluster zone rule 24).
    private func waitForFirstView(_ configuration: ServerConfiguration, _ publisher: Publisher) async {
        let deadline = ContinuousClock.now + configuration.startupTimeout
        while !publisher.state.isReady, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(2))
        }
        let state = publisher.state
        if !state.zones.allSatisfy(\.isComplete) {
            logger.warning(
                "plugin/kubernetes: no complete registry yet; names that are unknown get SERVFAIL until then")
        }
        let missing = state.zoneSets.filter { !$0.wasTried }.flatMap(\.entries).filter { $0.zone == nil }.map(\.apex)
        if let first = missing.first {
            let others = missing.count > 1 ? " and \(missing.count - 1) zones more" : ""
            logger.warning(
                "plugin/secondary: no copy of \(first)\(others) yet; their names get SERVFAIL until a primary gives one"
            )
        }
    }
}
