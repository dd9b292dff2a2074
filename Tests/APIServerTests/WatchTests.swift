import Synchronization
import Testing

@testable import APIServerTesting

/// Watches, as kube-apiserver's watch cache sends them.
struct WatchTests {
    private static let path = "/api/v1/services?watch=1&allowWatchBookmarks=true"

    private static func server() throws -> APIServer {
        let server = APIServer()
        try server.putService("a")
        try server.putService("b")
        return server
    }

    @Test func aWatchGoesOnFromItsVersion() throws {
        let server = try Self.server()
        let (opening, later) = server.watch(Self.path + "&resourceVersion=2")
        try server.putService("b")
        server.remove(.services, "a", namespace: "default")
        #expect(opening?.summary == ["ADDED b"])
        #expect(later.summary == ["MODIFIED b", "DELETED a"])
        // A deletion carries the version of the deletion.
        #expect(later.all.last?.contains("\"resourceVersion\":\"5\"") == true)
    }

    @Test func withoutAVersionAWatchBeginsWithWhatIsThere() throws {
        let server = try Self.server()
        #expect(server.watch(Self.path).opening?.summary == ["ADDED a", "ADDED b"])
        #expect(server.watch(Self.path + "&resourceVersion=0").opening?.summary == ["ADDED a", "ADDED b"])
    }

    @Test func aStreamedListEndsWithItsBookmark() throws {
        let server = try Self.server()
        let query = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        let opening = try #require(server.watch(Self.path + query).opening)
        #expect(opening.summary == ["ADDED a", "ADDED b", "BOOKMARK"])
        let metadata = opening.events.last?["object"]?["metadata"]
        #expect(metadata?["annotations"]?["k8s.io/initial-events-end"] == "true")
        #expect(metadata?["resourceVersion"]?.string == String(server.revision))
    }

    @Test func aServerWithoutStreamedListsRefusesOrIgnoresThem() throws {
        let server = try Self.server()
        let uri = Self.path + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=3"
        server.configure { $0.watchList = .refused }
        #expect(server.get(uri).code == 422)
        server.configure { $0.watchList = .ignored }
        #expect(server.watch(uri).opening?.summary == [])
    }

    @Test func theForgottenPastIsAnErrorInTheStream() throws {
        let server = try Self.server()
        server.compact()
        let opening = try #require(server.watch(Self.path + "&resourceVersion=2").opening)
        #expect(opening.watcher == nil)
        #expect(opening.events.first?["type"] == "ERROR")
        #expect(opening.events.first?["object"]?["code"] == 410)
        #expect(opening.events.first?["object"]?["message"] == "too old resource version: 2 (4)")
        #expect(server.watch(Self.path + "&resourceVersion=3").opening?.summary == [])
    }

    /// A watch whose version lies ahead of the server's hears nothing, not even bookmarks, until that version has come.
    @Test func theFutureIsSilent() throws {
        let server = try Self.server()
        let (opening, later) = server.watch(Self.path + "&resourceVersion=5")
        let id = try #require(opening?.watcher)
        try server.putService("c")
        #expect(server.state.withLock { $0.bookmark(for: id) } == nil)
        try server.putService("d")
        #expect(server.state.withLock { $0.bookmark(for: id) } != nil)
        try server.putService("e")
        #expect(later.summary == ["ADDED e"])
    }

    @Test func anObjectComesAndGoesWithItsLabels() throws {
        let server = try Self.server()
        let (_, later) = server.watch(Self.path + "&resourceVersion=3&labelSelector=team%3Dx")
        try server.putService("a", labels: ["team": "x"])
        try server.putService("a", labels: ["team": "x", "more": "y"])
        try server.putService("a", labels: ["team": "y"])
        try server.putService("b")
        server.remove(.services, "a", namespace: "default")
        #expect(later.summary == ["ADDED a", "MODIFIED a", "DELETED a"])
        // The deleted object is as it last matched, under the version of the change.
        #expect(later.all.last?.contains("\"more\":\"y\"") == true)
        #expect(later.all.last?.contains("\"resourceVersion\":\"6\"") == true)
    }

    @Test func aRestoredBackupHasOldVersionsAndObjects() async throws {
        let server = try Self.server()
        let backup = server.backup()
        server.remove(.services, "a", namespace: "default")
        server.restore(backup)
        #expect(server.revision == 3)
        #expect(server.get("/api/v1/services").names == ["a", "b"])
    }

    @Test func historyIsBounded() throws {
        var options = APIServer.Options()
        options.historyLimit = 10
        let server = APIServer(options)
        for _ in 0..<21 { try server.putService("a") }
        #expect(server.watch(Self.path + "&resourceVersion=2").opening?.events.first?["type"] == "ERROR")
        #expect(server.watch(Self.path + "&resourceVersion=12").opening?.summary.count == 10)
    }
}
