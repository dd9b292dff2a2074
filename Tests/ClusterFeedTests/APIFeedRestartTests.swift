import ClusterFeed
import ClusterModel
import Foundation
import KubernetesProtocol
import Testing

/// A restart of an API feed with the registry file of the run before.
struct APIFeedRestartTests {
    private let scratch: ScratchDirectory
    private let path: String
    private let web = ObjectKey("shop/web")

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.path + "/registry.db"
    }

    private func open() -> RegistryFile { RegistryFile.open(path: path).0 }

    /// Runs a feed in sync, and ends it.
    private func runOnce(_ more: (RunningFeed) async throws -> Void = { _ in }) async throws {
        try await RunningFeed(file: open()).run { feed in
            try await feed.api.list(.namespace, [Objects.namespace("shop")], version: "5")
            let slice = Objects.slice("web-1", of: web, ["10.1.0.1"])
            try await feed.api.list(.endpointSlice, [slice], version: "6")
            try await feed.api.list(.service, [Objects.service(web)], version: "7")
            try await more(feed)
        }
    }

    @Test func servesWhatTheFileHasAndGoesOnFromThere() async throws {
        try await runOnce { feed in
            let next = Objects.slice("web-1", of: web, ["10.1.0.2"], version: "9")
            try await feed.api.tell(.endpointSlice, .apply([.upserted(next)]), .reached(resourceVersion: "9"))
        }
        try await RunningFeed(file: open()).run { feed in
            try await feed.told.expect(\.isComplete)
            #expect(feed.told.endpoints(of: web) == ["10.1.0.2"])
            #expect(feed.told.log.map(\.file) == [path] && feed.told.log.map(\.severity) == [.info])
            let start = try await feed.api.start(of: .endpointSlice)
            #expect(start.resourceVersion == "9" && start.knownObjectCount == 1)
            #expect(feed.feed.status.servedFile == path)
            #expect(feed.feed.status.resources.map(\.objectCount) == [1, 1, 1])
            for kind in [ObjectKind.namespace, .service, .endpointSlice] { try await feed.api.tell(kind, .synced) }
            #expect(feed.feed.status.servedFile == nil && feed.feed.status.problem == nil)
            #expect(feed.told.log.last?.message.contains("in sync") == true)
        }
    }

    /// A resource that the file lacks has to be listed first; the others need not be again.
    @Test func anIncompleteFileIsNotServed() async throws {
        try await RunningFeed(file: open()).run { feed in
            try await feed.api.list(.namespace, [Objects.namespace("shop")], version: "5")
            try await feed.api.list(.service, [Objects.service(web)], version: "7")
        }
        try await RunningFeed(file: open()).run { feed in
            #expect(try await feed.api.start(of: .service).resourceVersion == "7")
            #expect(try await feed.api.start(of: .endpointSlice).resourceVersion == nil)
            #expect(!feed.told.isComplete)
            for kind in [ObjectKind.namespace, .service] { try await feed.api.tell(kind, .synced) }
            #expect(!feed.told.isComplete)
            try await feed.api.list(.endpointSlice, [Objects.slice("web-1", of: web, ["10.1.0.1"])], version: "6")
            #expect(feed.told.endpoints(of: web) == ["10.1.0.1"])
        }
    }

    /// A sweep, a removal and a version that is lost all reach the file.
    @Test func theFileFollows() async throws {
        try await runOnce { feed in
            let others = (0..<3).map { Objects.service(ObjectKey("shop/other-\($0)")) }
            try await feed.api.list(.service, [Objects.service(web)] + others, version: "20")
            try await feed.api.tell(.service, .apply([.removed(.service, ObjectKey("shop/other-0"))]))
            try await feed.api.list(.service, [others[1]], version: "30")
            try await feed.api.tell(.endpointSlice, .reached(resourceVersion: ""))
        }
        try await RunningFeed(file: open()).run { feed in
            try await feed.told.expect(\.isComplete)
            #expect(feed.told.updates.last?.snapshot.keys(of: .service) == [ObjectKey("shop/other-1")])
            #expect(try await feed.api.start(of: .endpointSlice).resourceVersion == "")
        }
    }

    /// What a reflector still tells while the server stops is in the file.
    @Test func nothingIsLostOnStopping() async throws {
        let configuration = APIFeed.Configuration(
            server: ScriptedAPI.server, resources: [FollowedResource(.services)])
        for version in 1...2 {
            let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
            let feed = APIFeed(configuration, registryFile: open()) { start, sink, _ in
                beginning.finish()
                #expect(start.resourceVersion == (version == 1 ? nil : "1"))
                try? await Task.sleep(for: .seconds(3600))
                await sink(FollowedNews([.apply([.upserted(Objects.service(web))]), .reached(resourceVersion: "1")]))
            }
            let task = Task { await feed.run { _ in } }
            for await _ in begun {}
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await task.value
        }
    }

    @Test func anotherClustersFileIsNotServed() async throws {
        try await runOnce()
        let api = ScriptedAPI()
        var configuration = ScriptedAPI.configuration
        configuration.server = "https://198.51.100.1:6443"
        let told = ToldUpdates()
        let feed = APIFeed(configuration, registryFile: open(), follow: api.follow)
        let task = Task { await feed.run { told.take($0) } }
        #expect(try await api.start(of: .service) == .init(of: FollowedResource(.services)))
        task.cancel()
        await task.value
        #expect(!told.isComplete && told.updates.isEmpty)
    }

    /// SQLite would write on to a file that is no longer at its path, and a restart would know nothing.
    @Test(arguments: [["", "-wal", "-shm"], ["-wal"]]) func aFileThatIsTakenAwayIsBegunAnew(_ suffixes: [String])
        async throws
    {
        let file = open()
        try file.raiseSerial(to: 42)
        try await RunningFeed(file: file).run { feed in
            for kind in [ObjectKind.namespace, .endpointSlice] { try await feed.api.list(kind, [], version: "5") }
            try await feed.api.list(.service, [Objects.service(web)], version: "7")
            let image = RegistryImage(snapshot: ClusterSnapshot())
            try await feed.told.expect(\.isComplete)
            _ = try file.save(image)
            for suffix in suffixes { try FileManager.default.removeItem(atPath: path + suffix) }
            try await feed.api.tell(.service, .reached(resourceVersion: "8"))
        }
        #expect(try open().serial() == 42)
        try await RunningFeed(file: open()).run { feed in
            try await feed.told.expect(\.isComplete)
            #expect(feed.told.updates.last?.snapshot.keys(of: .service) == [web])
            #expect(try await feed.api.start(of: .service).resourceVersion == "8")
            #expect(try await feed.api.start(of: .namespace).resourceVersion == "5")
        }
    }

    /// The disk is full, say: serving goes on, the log says so once, and the file follows when it can.
    @Test func aFileThatCannotBeWrittenIsSaidAndTriedAgain() async throws {
        let file = open()
        try await RunningFeed(file: file).run { feed in
            let lock = try WriteLock(database: path)
            _ = try await feed.api.start(of: .service)
            for kind in [ObjectKind.namespace, .endpointSlice] { try await feed.api.list(kind, [], version: "5") }
            try await feed.api.list(.service, [Objects.service(web)], version: "7")
            try await feed.told.expect { $0.log.contains { $0.file == path && $0.severity == .error } }
            #expect(feed.told.endpoints(of: web) == [])
            lock.release()
        }
        try await RunningFeed(file: open()).run { feed in
            let start = try await feed.api.start(of: .service)
            #expect(start.resourceVersion == "7")
        }
    }
}

extension APIFeed.Start {
    /// From nothing.
    fileprivate init(of followed: FollowedResource) {
        self.init(followed: followed, resourceVersion: nil, knownObjectCount: 0)
    }
}
