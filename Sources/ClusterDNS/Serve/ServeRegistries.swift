import Answering
import CLinux
import ClusterFeed
import ClusterModel
import KubernetesClient
import Logging
import NIOCore

/// Follows the registries of the configuration: one feed for each source, its task owned here.
actor ServeRegistries {
    private let compiler: StateCompiler
    private let files: ServeRegistryFiles
    private let metrics: ServeMetrics
    private let group: any EventLoopGroup
    private let logger: Logger
    private var tasks: [RegistrySource: Task<Void, Never>] = [:]
    /// Of the sources that `prepare` was last asked about.
    private var servers: [RegistrySource: APIServerConfiguration] = [:]

    /// `group` is where the clients of Kubernetes APIs run.
    init(
        compiler: StateCompiler, files: ServeRegistryFiles, metrics: ServeMetrics, group: any EventLoopGroup,
        logger: Logger
    ) {
        self.compiler = compiler
        self.files = files
        self.metrics = metrics
        self.group = group
        self.logger = logger
    }

    /// Finds out where the servers of new sources are; throws where a kubeconfig or the environment does not say.
    ///
    /// To be called before `follow`. Nothing that is followed changes.
    func prepare(_ sources: Set<RegistrySource>) throws(CommandFailure) {
        var found = servers.filter { tasks[$0.key] != nil }
        for source in sources where found[source] == nil {
            guard let api = source.api else { continue }
            do throws(ConfigurationError) { found[source] = try api.serverConfiguration } catch {
                throw CommandFailure("plugin/kubernetes: \(error)")
            }
        }
        servers = found
    }

    /// Ends the feeds of sources that are gone, and then starts those of new ones.
    ///
    /// To be called by one task at a time.
    func follow(_ sources: Set<RegistrySource>, findings: [RegistrySource: [Finding]]) async {
        for (source, task) in tasks where !sources.contains(source) {
            tasks[source] = nil
            task.cancel()
            // What the feed still reports would otherwise come after it was forgotten.
            await task.value
            metrics.forget(source)
        }
        for source in sources where tasks[source] == nil {
            switch source {
            case .manifests(let manifests): follow(manifests, findings[source] ?? [])
            case .api(let api): follow(api, findings[source] ?? [])
            }
        }
    }

    private func follow(_ manifests: ManifestSource, _ findings: [Finding]) {
        let source = RegistrySource.manifests(manifests)
        let feed = ManifestFeed(
            .init(root: manifests.directory, serviceRanges: manifests.serviceRanges), registryFile: files[source],
            findings: findings)
        tasks[source] = Task { await self.run(feed, source) }
    }

    private func follow(_ api: APISource, _ findings: [Finding]) {
        let source = RegistrySource.api(api)
        guard let server = servers[source] else { preconditionFailure("sources are prepared before they are followed") }
        let client = APIClient(server, limits: APIClientLimits(api.limits), group: group, logger: logger)
        let feed = APIFeed(api.followedResources, of: client, registryFile: files[source], findings: findings)
        metrics.attach(.init(status: { feed.status }, requests: { client.figures }), of: source)
        tasks[source] = Task {
            await feed.run { await self.take($0, from: source) }
            await client.shutdown()
        }
    }

    /// Ends every feed and waits for it.
    func stop() async {
        for task in tasks.values { task.cancel() }
        for task in tasks.values { await task.value }
        tasks = [:]
    }

    private nonisolated func run(_ feed: ManifestFeed, _ source: RegistrySource) async {
        do {
            try await feed.run { await self.take($0, from: source) }
        } catch {
            logger.error(
                "plugin/kubernetes: \(source.place) is no longer followed (\(error)); answers stay as they are: restart the server"
            )
        }
    }

    private nonisolated func take(_ update: FeedUpdate, from source: RegistrySource) async {
        for finding in update.newFindings { log(finding) }
        // Without its directory a registry that never had objects is not empty but unknown.
        let isKnown = update.isRootPresent || metrics.isKnown(source)
        let start = ContinuousClock.now
        if isKnown { await compiler.apply(update.delta, snapshot: update.snapshot, from: source) }
        metrics.note(
            update, of: source,
            applyTime: isKnown && !update.delta.isEmpty ? ContinuousClock.now - (update.arrivalTime ?? start) : nil)
        if update.endsSync { clinux_trim_heap() }
    }

    private nonisolated func log(_ finding: Finding) {
        switch finding.severity {
        case .error: logger.error("plugin/kubernetes: \(finding)")
        case .warning: logger.warning("plugin/kubernetes: \(finding)")
        case .info: logger.info("plugin/kubernetes: \(finding)")
        }
    }
}
