import APIServerTesting
import Foundation
import Testing

/// Faults over real sockets, seen by curl: its exit status says what broke (18 cut short, 28 timed out).
struct FaultTests {
    private static func withServer(_ body: (APIServer, _ list: String) async throws -> Void) async throws {
        let server = APIServer()
        for object in try Generator("services=50,slices=2,endpoints=10").objects() { try server.put(object) }
        try await server.start()
        try await body(server, server.url + "/api/v1/services")
        await server.stop()
    }

    /// `seconds` is for requests that get no end; what answers at all may take its time on a busy machine.
    private static func curl(_ arguments: String..., seconds: Int = 30) async -> Tool.Result {
        await Tool.run(["curl", "-s", "--max-time", String(seconds)] + arguments)
    }

    @Test func aCutConnectionGivesSoManyOctets() async throws {
        try await Self.withServer { server, list in
            server.add(Fault(.cut(afterOctets: 1000), verb: .list, resource: "services", count: 1))
            let cut = await Self.curl(list)
            #expect(cut.status == 18)
            #expect(cut.octets.count == 1000)
            #expect(await Self.curl(list).status == 0)
        }
    }

    @Test func silenceAndFrozenConnections() async throws {
        try await Self.withServer { server, list in
            server.add(Fault(.silence, resource: "services", count: 1))
            #expect(await Self.curl(list, seconds: 1).status == 28)
            server.freeze()
            #expect(await Self.curl(list, seconds: 1).status == 28)
            server.thaw()
            #expect(await Self.curl(list).status == 0)
        }
    }

    @Test func aSlowBodyComesInPieces() async throws {
        try await Self.withServer { server, list in
            server.add(Fault(.slow(octets: 1, every: .milliseconds(20)), count: 1))
            let slow = await Self.curl(list, seconds: 1)
            #expect(slow.status == 28)
            #expect((2...60).contains(slow.octets.count))
            server.add(Fault(.slow(octets: 5000, every: .milliseconds(10)), count: 1))
            #expect(await Self.curl(list).json["items"]?.array?.count == 50)
        }
    }

    struct Row: Sendable {
        var effect: Fault.Effect
        var code = "200"
        var contentType = "application/json"
        /// What the body holds, or does not begin with.
        var body: String
    }

    static let rows = [
        Row(
            effect: .status(429, retryAfterSeconds: 7), code: "429", contentType: "text/plain; charset=utf-8",
            body: "Too many"),
        Row(effect: .status(500), code: "500", body: "\"InternalError\""),
        Row(effect: .status(410), code: "410", body: "\"Expired\""),
        Row(effect: Fault.htmlPage.effect, contentType: "text/html; charset=utf-8", body: "<html>"),
        Row(effect: .wrongKind, body: "\"ConfigMapList\""),
        Row(effect: .noResourceVersion, body: "\"metadata\":{},\"items\":[{"),
        Row(effect: .emptyList, body: "\"items\":[]"),
    ]

    @Test(arguments: rows) func aResponseIsSpoilt(_ row: Row) async throws {
        try await Self.withServer { server, list in
            server.add(Fault(row.effect, verb: .list, count: 1))
            let result = await Self.curl("-w", "\n%{http_code} %{content_type}", list)
            #expect(result.output.hasSuffix("\n\(row.code) \(row.contentType)"))
            #expect(result.output.contains(row.body))
            #expect(await Self.curl(list).json["items"]?.array?.count == 50)
        }
    }

    @Test func aTruncatedListEndsInGoodOrder() async throws {
        try await Self.withServer { server, list in
            server.add(Fault(.truncatedList, count: 1))
            let result = await Self.curl(list)
            #expect(result.status == 0)
            #expect(throws: UnreadableText.self) { try JSONValue(json: result.octets) }
        }
    }

    struct BookmarkRow: Sendable {
        var interval: Duration
        var lead: Duration
        var counts: ClosedRange<Int>
    }

    static let bookmarkRows = [
        // Just the one before the end.
        BookmarkRow(interval: .seconds(60), lead: .milliseconds(200), counts: 1...1),
        // Those on the way; a busy machine may miss some.
        BookmarkRow(interval: .milliseconds(200), lead: .seconds(60), counts: 2...5),
    ]

    @Test(arguments: bookmarkRows) func watchesEndInTimeAndSendBookmarks(_ row: BookmarkRow) async throws {
        try await Self.withServer { server, list in
            server.configure { settings in
                settings.bookmarkInterval = row.interval
                settings.lastBookmarkLead = row.lead
            }
            let query = "?watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=\(server.revision)"
            let result = await Tool.run(["curl", "-s", "--max-time", "5", list + query])
            let bookmarks = result.output.split(separator: "\n").filter { $0.contains("\"BOOKMARK\"") }
            #expect(result.status == 0)
            #expect(row.counts.contains(bookmarks.count))
            // The client may see the end before the server has cleared up.
            for _ in 0..<200 where !server.watchCounts.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            #expect(server.watchCounts.isEmpty)
        }
    }

    @Test func aRestartBreaksConnectionsAndKeepsThePort() async throws {
        try await Self.withServer { server, list in
            let port = server.port
            await server.stop()
            #expect(await Self.curl(list).status == 7)
            try await server.start()
            #expect(server.port == port)
            #expect(await Self.curl(list).status == 0)
        }
    }

    @Test func scenariosSteerItWithCurl() async throws {
        try await Self.withServer { server, list in
            let control = "http://127.0.0.1:\(try await server.startControl())/_control"
            #expect(
                await Self.curl("-X", "POST", "\(control)/fault?effect=status&status=503&resource=services&count=1")
                    .status == 0)
            #expect(await Self.curl(list).output == "service unavailable\n")
            let counts = await Self.curl("\(control)/requests").json
            #expect(counts["list services"] == 1)
            let flip = await Self.curl("-X", "POST", "\(control)/flip?index=3").json
            #expect(flip["address"] == "10.128.0.11" && flip["ready"] == false)
            let put = await Self.curl(
                "--data-binary", "{kind: Pod, apiVersion: v1, metadata: {name: p}, spec: 7}", "\(control)/objects")
            #expect(put.output == "{\"objects\":1}\n")
            #expect(server.object(.pods, "p", namespace: "default")?["spec"] == 7)
            #expect(await Self.curl("-X", "POST", "\(control)/fault?effect=nonsense").output.contains("none of those"))
        }
    }
}
