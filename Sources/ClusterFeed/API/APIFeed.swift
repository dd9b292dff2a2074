package import ClusterModel
package import KubernetesProtocol

/// The registry from a Kubernetes API, followed for as long as `run` runs, with the registry file as its memory.
package final class APIFeed: Sendable {
    /// What is followed of one API.
    package struct Configuration: Hashable, Sendable {
        /// The URL of the server: for sentences, and for telling one cluster's objects from another's.
        package var server: String
        package var resources: [FollowedResource]

        package init(server: String, resources: [FollowedResource]) {
            self.server = server
            self.resources = resources
        }
    }

    /// Where one resource starts: the version the registry file has, and the objects known already.
    ///
    /// The version is nil where the file has none, and empty where it means nothing to the server any longer.
    package struct Start: Hashable, Sendable {
        package var followed: FollowedResource
        package var resourceVersion: String?
        package var knownObjectCount: Int

        package init(followed: FollowedResource, resourceVersion: String?, knownObjectCount: Int) {
            self.followed = followed
            self.resourceVersion = resourceVersion
            self.knownObjectCount = knownObjectCount
        }
    }

    /// Takes what a reflector does, in order.
    package typealias Sink = @Sendable (FollowedNews) async -> Void
    /// Notes a sign of life of the server that is no news: an answer, the orderly end of a watch.
    package typealias Pulse = @Sendable () -> Void
    /// Follows one resource until its task is cancelled.
    package typealias Follow = @Sendable (Start, @escaping Sink, @escaping Pulse) async -> Void

    private let configuration: Configuration
    private let registryFile: RegistryFile?
    private let registryFindings: [Finding]
    private let board: APIFeedBoard
    private let follow: Follow

    /// `registryFile` and the findings are what `RegistryFile.open` returned; nil keeps nothing.
    package init(
        _ configuration: Configuration, registryFile: RegistryFile? = nil, findings: [Finding] = [],
        follow: @escaping Follow
    ) {
        self.configuration = configuration
        self.registryFile = registryFile
        registryFindings = findings
        board = APIFeedBoard(configuration)
        self.follow = follow
    }

    /// How each resource fares at this moment.
    package var status: APIFeedStatus { board.status }

    /// Calls `apply` with the whole registry, then with every change, until the task is cancelled.
    ///
    /// The whole registry comes at once where the file has it, else when every resource is in sync; findings may come
    /// before. `apply` is awaited: changes that come meanwhile are told together, and so are those that follow each other
    /// all the time, every 5 ms. What the file lacks is written before this returns.
    package func run(apply: @escaping @Sendable (FeedUpdate) async -> Void) async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let engine = APIFeedEngine(
            configuration, file: registryFile, findings: registryFindings, board: board, apply: apply,
            onUnsaved: { wake.yield() })
        let writer = registryFile.map { RegistryWriter(file: $0, engine: engine) }
        await engine.begin()
        await withDiscardingTaskGroup { group in
            for followed in configuration.resources {
                group.addTask { [follow, board] in
                    await follow(
                        await engine.start(of: followed), { await engine.take($0, of: followed) },
                        { board.notePulse(of: followed.resource.kind) })
                }
            }
            if let writer { group.addTask { await writer.run(wakes) } }
        }
        await engine.end()
        await writer?.write()
    }
}

/// A resource with the part of it that is wanted.
package struct FollowedResource: Hashable, Sendable {
    package var resource: APIResource
    /// A label selector as the API takes it; empty selects all.
    package var labelSelector: String
    package var keptFields: KeptFields

    package init(_ resource: APIResource, labelSelector: String = "", keptFields: KeptFields = []) {
        self.resource = resource
        self.labelSelector = labelSelector
        self.keptFields = keptFields
    }

    /// Raised when objects keep more than they did: those in older files lack it.
    private static let form = 1

    /// What the registry file must have been read from to stand for this resource of `server`.
    func fingerprint(server: String) -> String {
        "\(Self.form) \(server)\(resource.path()) \(keptFields.rawValue) \(labelSelector)"
    }
}

/// What a reflector did, in order, and what set it off.
package struct FollowedNews: Sendable {
    package var actions: [ReflectorAction]
    /// When the change behind an event happened, in nanoseconds since 1970; slices that carry the annotation only.
    package var triggerTimes: [ObjectKey: Int64]

    package init(_ actions: [ReflectorAction], triggerTimes: [ObjectKey: Int64] = [:]) {
        self.actions = actions
        self.triggerTimes = triggerTimes
    }
}
