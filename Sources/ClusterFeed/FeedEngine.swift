import ClusterModel

/// Manifests in, registry out: everything of the feed but the waiting.
struct FeedEngine: ~Copyable {
    private var directory: ManifestDirectory
    private var registry: EmbeddedRegistry
    private let file: RegistryFile?
    private var fileFindings: [Finding]
    /// Whether the registry file lacks addresses that were given out: every update tries again.
    private var isUnsaved = false
    private var saveFindings: [Finding] = []
    private var registryFindings: [ObjectKey: [Finding]] = [:]
    private var reported = Set<Finding>()
    private var isFirst = true
    /// False until the addresses of Services that were deleted while nobody looked have been given back.
    private var isSettled = false

    init(_ configuration: ManifestFeed.Configuration, file: RegistryFile?, findings: [Finding]) {
        directory = ManifestDirectory(root: configuration.root)
        self.file = file
        fileFindings = findings
        var assignments = configuration.assignments
        do {
            if let file { assignments = try file.loadAssignments() }
        } catch {
            fileFindings.append(Self.unreadable(file?.path ?? "", error))
        }
        registry = EmbeddedRegistry(ranges: configuration.serviceRanges, assignments: assignments)
    }

    /// Looks at the whole tree; nil where nothing is to be told.
    ///
    /// With a watcher, looks again until every directory is watched that was there at the last look.
    mutating func scan(watcher: inout DirectoryWatcher) -> FeedUpdate? {
        var changes = directory.scan()
        for _ in 0...DirectoryListing.depthLimit {
            guard let listing = directory.listing, watcher.watch(listing) else { break }
            changes += directory.scan()
        }
        return update(changes, watcherFindings: watcher.findings)
    }

    /// Looks at the tree once, with no watcher.
    mutating func scan() -> FeedUpdate? { update(directory.scan()) }

    mutating func refresh(_ paths: Set<String>, watcher: borrowing DirectoryWatcher) -> FeedUpdate? {
        update(directory.refresh(paths), watcherFindings: watcher.findings)
    }

    private mutating func update(_ changes: [ClusterChange], watcherFindings: [Finding] = []) -> FeedUpdate? {
        var result = registry.apply(changes)
        settle(&result)
        isUnsaved = isUnsaved || result.hasNewAssignments
        if isUnsaved { save() }
        keep(result)
        let findings = findings(watcherFindings)
        let before = reported
        reported = Set(findings)
        guard isFirst || !changes.isEmpty || !result.delta.isEmpty || reported != before else { return nil }
        isFirst = false
        return FeedUpdate(
            delta: result.delta, snapshot: registry.snapshot, newFindings: findings.filter { !before.contains($0) },
            findings: findings, isRootPresent: directory.listing?.isRootMissing == false)
    }

    private func findings(_ ofWatcher: [Finding]) -> [Finding] {
        let ofRegistry = registryFindings.values.joined()
        return (directory.findings + fileFindings + saveFindings + ofRegistry + ofWatcher).sorted()
    }

    /// Gives back addresses of Services that no manifest has, once all manifests could be read.
    private mutating func settle(_ result: inout EmbeddedRegistry.Update) {
        guard !isSettled, !directory.isIncomplete else { return }
        isSettled = true
        let snapshot = registry.snapshot
        let gone = registry.assignments.keys.filter { snapshot.services[$0] == nil }.sorted()
        if gone.isEmpty { return }
        let settled = registry.apply(gone.map { .removed(.service, $0) })
        result.delta.merge(settled.delta)
        result.findings += settled.findings
        result.hasNewAssignments = true
    }

    /// A finding about a Service stands until that Service changes.
    private mutating func keep(_ result: EmbeddedRegistry.Update) {
        for key in result.delta.services.keys { registryFindings[key] = nil }
        for finding in result.findings {
            let new = Finding(finding, file: directory.root)
            if registryFindings[finding.object]?.contains(new) != true {
                registryFindings[finding.object, default: []].append(new)
            }
        }
    }

    private mutating func save() {
        do {
            try file?.save(assignments: registry.assignments)
            isUnsaved = false
            saveFindings = []
        } catch {
            let message =
                "the registry file cannot be written: \(error.sentence); serving goes on, and addresses may change "
                + "with the next restart; free disk space or make the file writable"
            saveFindings = [Finding(.error, file: file?.path ?? "", message: message)]
        }
    }

    private static func unreadable(_ path: String, _ error: any Error) -> Finding {
        Finding(
            .error, file: path,
            message: "the registry file cannot be read: \(error.sentence); Services may get other addresses; "
                + "restore it from a copy")
    }
}
