import ClusterModel
import KubernetesProtocol
import Synchronization
import Testing

@testable import KubernetesClient

/// The driver: sockets, timers and the order of events; what is asked when is the machine's business.
struct FollowTests {
    private static let watch = APIRequest(.watch, of: .services, path: "/api/v1/services", query: [.init("watch", "1")])

    private static let watchOnce: ScriptedMachine.Reaction = { event, _ in event == .started ? [.send(watch)] : [] }

    private static func event(_ type: String, _ name: String, version: String) -> String {
        #"{"type":"\#(type)","object":\#(Documents.service(name, version: version))}"# + "\n"
    }

    private static let bookmark = """
        {"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1","metadata":{"resourceVersion":"12"}}}\n
        """

    private static func name(_ event: ReflectorEvent) -> String {
        String("\(event)".prefix { $0 != "(" })
    }

    private static func keys(_ events: [ReflectorEvent]) -> [String] {
        events.flatMap { event -> [String] in
            guard case .watched(let events) = event else { return [] }
            return events.map { event in
                switch event {
                case .added(let object): "+\(object.key?.name ?? "?")"
                case .deleted(let object): "-\(object.key?.name ?? "?")"
                case .bookmark(let version, _): "@\(version)"
                default: "?"
                }
            }
        }
    }

    /// However the octets come, the events are the same (robustness 63: partial frames).
    @Test(arguments: [1, 7, 64, 4096]) func aWatchInPieces(_ size: Int) async throws {
        let text = Self.event("ADDED", "a", version: "11") + Self.bookmark + Self.event("DELETED", "a", version: "13")
        let pieces = stride(from: 0, to: text.utf8.count, by: size).map { start in
            String(decoding: text.utf8.dropFirst(start).prefix(size), as: UTF8.self)
        }
        let script: ScriptedServer.Script = { _ in [.head()] + pieces.map(ScriptedServer.Step.chunk) + [.lastChunk] }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                try await following(client, Self.watchOnce) { record in
                    await record.wait { $0.last == .watchEnded }
                    #expect(Self.keys(record.events) == ["+a", "@12", "-a"])
                    #expect(record.events.prefix(2) == [.started, .opened])
                }
            }
        }
    }

    @Test func aListInPages() async throws {
        let pages = [Documents.list(["a", "b"], continueToken: "next"), Documents.list(["c"])]
        let script: ScriptedServer.Script = { [.response(pages[$0.target.contains("continue") ? 1 : 0])] }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                let react: ScriptedMachine.Reaction = { event, _ in
                    switch event {
                    case .started: [.send(.services)]
                    case .pageEnded(let end) where !end.continueToken.isEmpty:
                        [
                            .send(
                                APIRequest(
                                    .list, of: .services, path: "/api/v1/services", query: [.init("continue", "next")]))
                        ]
                    default: []
                    }
                }
                try await following(client, react) { record in
                    let end = ReflectorEvent.pageEnded(ListMetadata(resourceVersion: "10"))
                    await record.wait { $0.last == end }
                    #expect(record.count { if case .pageEnded = $0 { true } else { false } } == 2)
                }
            }
        }
    }

    struct Trouble: Sendable {
        var label: String
        var steps: [ScriptedServer.Step]
        var name: String
    }

    static let troubles = [
        Trouble(label: "a body cut in a chunk", steps: [.head(), .send("ff\r\n{\"type\""), .close], name: "failed"),
        Trouble(label: "a body cut between chunks", steps: [.head(), .chunk(bookmark), .close], name: "failed"),
        Trouble(label: "garbage", steps: [.head(), .chunk("<html>\n</html>\n")], name: "malformed"),
        Trouble(label: "a page of HTML", steps: [.response(type: "text/html", "<html>")], name: "malformed"),
        Trouble(label: "no answer", steps: [.close], name: "failed"),
        Trouble(
            label: "expired", steps: [.response(410, Documents.status(410, "Expired", "too old"))], name: "refused"),
        Trouble(label: "an orderly end", steps: [.head(), .lastChunk], name: "watchEnded"),
    ]

    @Test(arguments: troubles) func troubleIsTold(_ row: Trouble) async throws {
        try await ScriptedServer.with({ _ in row.steps }) { server in
            try await withClient(.local(server.port)) { client in
                try await following(client, Self.watchOnce) { record in
                    await record.wait { $0.last.map(Self.name) == row.name }
                    await server.wait { _ in true }
                }
            }
        }
    }

    /// The machine gives up a silent watch: the connection goes, and nothing of it is heard again.
    @Test func cancellingFreesTheConnection() async throws {
        let script: ScriptedServer.Script = { request in
            request.target.contains("watch") ? [.head(), .chunk(Self.bookmark)] : [.response(Documents.list([]))]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                let react: ScriptedMachine.Reaction = { event, _ in
                    switch event {
                    case .started: [.send(Self.watch)]
                    case .watched: [.cancel, .wake(at: .zero)]
                    default: []
                    }
                }
                try await following(client, react) { record in
                    await record.wait { $0.last == .woke }
                    await server.wait { $0.openConnectionCount == 0 }
                    #expect(record.events.map(Self.name) == ["started", "opened", "watched", "woke"])
                }
            }
        }
    }

    @Test func endingTheTaskFreesTheConnection() async throws {
        try await ScriptedServer.with({ _ in [.head(), .chunk(Self.bookmark)] }) { server in
            try await withClient(.local(server.port)) { client in
                try await following(client, Self.watchOnce) { record in
                    await record.wait { $0.last.map(Self.name) == "watched" }
                }
                await server.wait { $0.openConnectionCount == 0 }
            }
        }
    }

    /// A later alarm replaces an earlier one, nil takes it back; it goes off once, and not early.
    @Test func alarms() async throws {
        try await withClient(.local(1)) { client in
            let react: ScriptedMachine.Reaction = { event, record in
                switch (event, record.events.count) {
                case (.started, _):
                    [.wake(at: .milliseconds(20)), .wake(at: .milliseconds(120)), .wake(at: .milliseconds(80))]
                case (.woke, 2): [.wake(at: .milliseconds(90)), .wake(at: nil), .wake(at: .milliseconds(160))]
                default: []
                }
            }
            try await following(client, react) { record in
                await record.wait { $0.count == 2 }
                #expect(try #require(record.last).at >= .milliseconds(80))
                await record.wait { $0.count == 3 }
                #expect(try #require(record.last).at >= .milliseconds(160))
                try await Task.sleep(for: .milliseconds(100))
                #expect(record.events == [.started, .woke, .woke])
            }
        }
    }

    /// While the registry is busy, nothing more is read than what was on its way.
    @Test func theRegistrySetsThePace() async throws {
        let line = Self.event("ADDED", String(repeating: "a", count: 50_000), version: "11")
        let script: ScriptedServer.Script = { _ in [.head()] + Array(repeating: .chunk(line), count: 40) + [.lastChunk]
        }
        let isOpen = Mutex(false)
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                let sink: @Sendable (ReflectorAction) async -> Void = { _ in
                    while !isOpen.withLock({ $0 }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
                }
                let react: ScriptedMachine.Reaction = { event, _ in
                    switch event {
                    case .started: [.send(Self.watch)]
                    case .watched: [.apply([])]
                    default: []
                    }
                }
                try await following(client, react, sink: sink) { record in
                    await record.wait { $0.contains { Self.name($0) == "watched" } }
                    try await Task.sleep(for: .milliseconds(200))
                    #expect(record.count { Self.name($0) == "watched" } == 1)
                    isOpen.withLock { $0 = true }
                    await record.wait { $0.last == .watchEnded }
                    #expect(Self.keys(record.events).count == 40)
                }
            }
        }
    }

    /// The token changes, the machine asks for the new one, and the next request has it within the second.
    @Test func renewedCredentialsAreUsed() async throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("old", to: "token")
        let script: ScriptedServer.Script = { request in
            request.headers["authorization"] == "Bearer new" ? [.head(), .lastChunk] : [.response(401)]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port, Login(authorization: .tokenFile(file)))) { client in
                let react: ScriptedMachine.Reaction = { event, _ in
                    switch event {
                    case .started: return [.send(Self.watch)]
                    case .refused:
                        _ = try? directory.write("new", to: "token")
                        return [.renewCredentials, .send(Self.watch)]
                    default: return []
                    }
                }
                try await following(client, react) { record in
                    await record.wait { $0.last == .watchEnded }
                    #expect(record.events.map(Self.name) == ["started", "refused", "opened", "watchEnded"])
                }
            }
        }
    }
}
