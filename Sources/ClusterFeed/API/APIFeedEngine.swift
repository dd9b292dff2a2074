import ClusterModel
import KubernetesProtocol

/// News of reflectors in, registry out: everything of the API feed but the network.
///
/// News are taken as they come, also while an update is being told: what they change goes into the next one.
actor APIFeedEngine {
    let configuration: APIFeed.Configuration
    let file: RegistryFile?
    let board: APIFeedBoard
    private let apply: @Sendable (FeedUpdate) async -> Void
    private let onUnsaved: @Sendable () -> Void

    private var store = ClusterStore()
    /// How far the registry file went at the start.
    private var versions: [ObjectKind: String] = [:]
    /// What the registry file lacks; nil where nothing is to be written.
    private var unsaved: UnsavedChanges?

    private var pending = PendingUpdate()
    private var problems: FeedProblems
    /// The resources that have not been in sync since the start.
    private var awaited: Set<ObjectKind>
    /// Until then nothing is told: half a registry would answer NXDOMAIN for the other half.
    private var isComplete = false
    private var hasToldRegistry = false
    private var isTelling = false
    private var pacing = TellPacing()
    /// Waits until the next update may be told, and tells it.
    private var later: Task<Void, Never>?
    private let startTime = ContinuousClock.now

    init(
        _ configuration: APIFeed.Configuration, file: RegistryFile?, findings: [Finding], board: APIFeedBoard,
        apply: @escaping @Sendable (FeedUpdate) async -> Void, onUnsaved: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.file = file
        self.board = board
        self.apply = apply
        self.onUnsaved = onUnsaved
        awaited = Set(configuration.resources.map(\.resource.kind))
        pending.findings = findings
        problems = FeedProblems(opening: findings)
        if file != nil { unsaved = UnsavedChanges() }
    }

    /// Reads the registry file, and tells the registry in it where it is complete.
    func begin() async {
        if let file { load(file) }
        await tell()
    }

    func start(of followed: FollowedResource) -> APIFeed.Start {
        let kind = followed.resource.kind
        return APIFeed.Start(
            followed: followed, resourceVersion: versions[kind], knownObjectCount: store.snapshot.count(of: kind))
    }

    /// Takes news of one resource, and tells what has changed unless that is being done already.
    func take(_ news: FollowedNews, of followed: FollowedResource) async {
        pending.noteArrival()
        for action in news.actions { absorb(action, followed, news.triggerTimes) }
        await tell()
    }

    /// What the registry file lacks, which counts as written from then on; nil where there is nothing.
    func takeImage() -> RegistryImage? { unsaved?.takeImage(store.snapshot, at: WallClock.seconds) }

    /// Says how writing `image` went; what could not be written is written with the next.
    func note(_ outcome: RegistryWriter.Outcome, of image: RegistryImage) async {
        switch outcome {
        case .written: break
        case .failed: unsaved?.putBack(image)
        case .takenOver: unsaved = nil
        case .begunAnew(let finding):
            unsaved?.addAll(of: store.snapshot)
            pending.findings.append(finding)
        }
        let problem = file.flatMap { outcome.problem($0.path) }
        if let problem, problem != problems.file { pending.findings.append(problem) }
        problems.file = problem
        await tell()
    }

    /// Tells nothing more that has to wait; returns when all that is being told has been.
    func end() async {
        while let task = later {
            later = nil
            task.cancel()
            await task.value
        }
    }

    /// Whoever finds another telling, or waiting to, leaves what is to be told to that one.
    private func tell() async {
        guard !isTelling else { return }
        isTelling = true
        await tellDue()
    }

    private func tellDue() async {
        while isDue {
            if let pause = pacing.pause(at: .now) {
                later = Task {
                    guard (try? await Task.sleep(for: pause)) != nil else { return }
                    await tellDue()
                }
                return
            }
            pacing.note(at: .now)
            await apply(takeUpdate())
        }
        isTelling = false
    }

    private var isDue: Bool {
        let isFirst = isComplete && !hasToldRegistry
        return isFirst || (isComplete ? !pending.isEmpty : !pending.findings.isEmpty)
    }

    private func takeUpdate() -> FeedUpdate {
        hasToldRegistry = isComplete
        defer { pending = PendingUpdate() }
        return pending.update(store.snapshot, problems: problems, isComplete: isComplete)
    }
}

extension APIFeedEngine {
    private func load(_ file: RegistryFile) {
        let kinds = configuration.resources.map { ($0.resource.kind, $0.fingerprint(server: configuration.server)) }
        let stored = file.loadObjects(Dictionary(uniqueKeysWithValues: kinds))
        store.load(stored.objects)
        versions = stored.resources.mapValues(\.resourceVersion)
        unsaved?.noteStored(stored.resources)
        pending.findings += stored.findings
        let now = (wall: WallClock.seconds, clock: ContinuousClock.now)
        for (kind, resource) in stored.resources {
            let age = Duration.seconds(max(0, now.wall - resource.savedTime))
            board.noteLife(kind, count: store.snapshot.count(of: kind), at: now.clock - age)
        }
        guard let oldest = stored.resources.values.map(\.savedTime).min(), awaited.isSubset(of: stored.resources.keys)
        else { return }
        isComplete = true
        pending.endsSync = true
        board.update { $0.servedFile = file.path }
        pending.findings.append(.servingFromFile(file.path, age: max(0, now.wall - oldest), configuration.server))
    }

    private func absorb(_ action: ReflectorAction, _ followed: FollowedResource, _ triggerTimes: [ObjectKey: Int64]) {
        let kind = followed.resource.kind
        switch action {
        case .apply(let changes):
            if hasToldRegistry {
                let delta = store.apply(changes)
                pending.delta.merge(delta)
                noteTriggers(triggerTimes, delta)
            } else {
                store.load(changes)
            }
            unsaved?.add(changes)
        case .reached(let version):
            unsaved?.reached(kind, version, fingerprint: followed.fingerprint(server: configuration.server))
            if unsaved != nil { onUnsaved() }
        case .synced: noteSync(kind)
        case .report(let report): return note(report)
        case .send, .cancel, .wake, .renewCredentials: return
        }
        board.noteLife(kind, count: store.snapshot.count(of: kind), at: .now)
    }

    private func noteSync(_ kind: ObjectKind) {
        pending.endsSync = true
        board.update(kind) { $0.isInSync = true }
        guard awaited.remove(kind) != nil, awaited.isEmpty else { return }
        isComplete = true
        board.update { $0.servedFile = nil }
        let counts = board.status.resources.map { "\($0.objectCount) \($0.name)" }.joined(separator: ", ")
        pending.findings.append(.inSync(configuration.server, counts, after: .now - startTime))
    }

    private func note(_ report: ReflectorReport) {
        let problem = problems.note(report, server: configuration.server)
        board.note(report, problem: problem)
        if let line = problems.line(for: report, server: configuration.server) { pending.findings.append(line) }
    }

    /// Only endpoints of headless Services are in the answers, as CoreDNS counts them (plugin/kubernetes, metrics.go).
    ///
    /// What a fresh list gives again unchanged was programmed long ago.
    private func noteTriggers(_ times: [ObjectKey: Int64], _ delta: ClusterDelta) {
        for (key, time) in times {
            guard let service = store.snapshot.endpointSlices[key]?.service,
                delta.services[service]?.after?.service.isHeadless == true
            else { continue }
            pending.triggerTimes.append(time)
        }
    }
}
