import Answering
import ClusterFeed
import ClusterModel
import Logging

/// Follows the registries of the configuration: one feed for each source, its task owned here.
actor ServeRegistries {
    private let compiler: StateCompiler
    private let files: ServeRegistryFiles
    private let metrics: ServeMetrics
    private let logger: Logger
    private var tasks: [RegistrySource: Task<Void, Never>] = [:]

    init(compiler: StateCompiler, files: ServeRegistryFiles, metrics: ServeMetrics, logger: Logger) {
        self.compiler = compiler
        self.files = files
        self.metrics = metrics
        self.logger = logger
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
            let feed = ManifestFeed(
                .init(root: source.manifests, serviceRanges: source.serviceRanges), registryFile: files[source],
                findings: findings[source] ?? [])
            tasks[source] = Task { await self.run(feed, source) }
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
                "plugin/kubernetes: \(source.manifests) is no longer followed (\(error)); answers stay as they are: restart the server"
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
            update, of: source, applyTime: isKnown && !update.delta.isEmpty ? ContinuousClock.now - start : nil)
    }

    private nonisolated func log(_ finding: Finding) {
        switch finding.severity {
        case .error: logger.error("plugin/kubernetes: \(finding)")
        case .warning: logger.warning("plugin/kubernetes: \(finding)")
        case .info: logger.info("plugin/kubernetes: \(finding)")
        }
    }
}
