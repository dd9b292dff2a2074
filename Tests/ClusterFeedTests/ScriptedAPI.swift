import ClusterFeed
import ClusterModel
import KubernetesProtocol
import NetworkAddress
import Synchronization
import Testing

/// Stands in for the reflectors of an API feed: a test says what they do.
final class ScriptedAPI: Sendable {
    private struct Resource {
        var start: APIFeed.Start
        var sink: APIFeed.Sink
    }

    private let resources = Mutex<[ObjectKind: Resource]>([:])

    static let server = "https://192.0.2.1:6443"
    static let configuration = APIFeed.Configuration(
        server: server,
        resources: [
            FollowedResource(.namespaces), FollowedResource(.services), FollowedResource(.endpointSlices),
        ])

    /// Follows until it is cancelled, and does nothing by itself.
    var follow: APIFeed.Follow {
        { start, sink, _ in
            self.resources.withLock { $0[start.followed.resource.kind] = Resource(start: start, sink: sink) }
            try? await Task.sleep(for: .seconds(3600))
        }
    }

    /// Where the feed let the resource start.
    func start(of kind: ObjectKind) async throws -> APIFeed.Start { try await resource(kind).start }

    /// Does as the resource's reflector; returns when the feed has taken it.
    func tell(
        _ kind: ObjectKind, _ actions: ReflectorAction..., triggerTimes: [ObjectKey: Int64] = [:]
    ) async throws {
        await (try await resource(kind).sink)(FollowedNews(actions, triggerTimes: triggerTimes))
    }

    /// A whole list, as a reflector reads it.
    func list(_ kind: ObjectKind, _ objects: [ClusterObject], version: String) async throws {
        try await tell(
            kind, .apply(objects.map { .upserted($0) }), .apply([.retained(kind, Set(objects.map(\.tableKey)))]),
            .reached(resourceVersion: version), .synced)
    }

    private func resource(_ kind: ObjectKind) async throws -> Resource {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            if let resource = resources.withLock({ $0[kind] }) { return resource }
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

extension ClusterObject {
    /// A Namespace is in no namespace.
    fileprivate var tableKey: ObjectKey {
        kind == .namespace ? ObjectKey(namespace: "", name: metadata.name) : key
    }
}

/// A running feed, its script, and what it has told.
struct RunningFeed {
    let api = ScriptedAPI()
    let feed: APIFeed
    let told = ToldUpdates()

    init(file: RegistryFile? = nil, findings: [Finding] = []) {
        feed = APIFeed(ScriptedAPI.configuration, registryFile: file, findings: findings, follow: api.follow)
    }

    /// Runs the feed for as long as `body`, and waits for its end.
    func run(_ body: (RunningFeed) async throws -> Void) async throws {
        let task = Task { await feed.run { told.take($0) } }
        defer { task.cancel() }
        try await body(self)
        task.cancel()
        await task.value
    }
}

/// The updates of an API feed, put together as the compiler of zones does.
final class ToldUpdates: Sendable {
    private struct State {
        var updates: [FeedUpdate] = []
        var views: [ObjectKey: ServiceView] = [:]
        var isComplete = false
    }

    private let state = Mutex(State())

    func take(_ update: FeedUpdate) {
        state.withLock { state in
            state.updates.append(update)
            let views = Dictionary(
                uniqueKeysWithValues: update.snapshot.allViews.map { ($0.service.key, Self.content($0)) })
            if state.isComplete {
                for (key, difference) in update.delta.services {
                    #expect(state.views[key] == difference.before.map(Self.content))
                    state.views[key] = difference.after.map(Self.content)
                }
                #expect(state.views == views)
            } else {
                #expect(update.delta.isEmpty)
            }
            if !state.isComplete, update.isRootPresent { (state.isComplete, state.views) = (true, views) }
        }
    }

    /// A new version alone is no difference.
    private static func content(_ view: ServiceView) -> ServiceView {
        var view = view
        view.service.metadata.resourceVersion = ""
        for index in view.slices.indices { view.slices[index].metadata.resourceVersion = "" }
        return view
    }

    var updates: [FeedUpdate] { state.withLock { $0.updates } }
    var isComplete: Bool { state.withLock { $0.isComplete } }
    var log: [Finding] { updates.flatMap(\.newFindings) }
    /// The addresses of the endpoints of a Service; nil where there is no such Service.
    func endpoints(of service: ObjectKey) -> [String]? {
        state.withLock { state in
            state.views[service]?.slices.flatMap { $0.endpoints.flatMap { $0.addresses.map(\.description) } }
        }
    }

    func expect(_ condition: @Sendable (ToldUpdates) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !condition(self) {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
