import ClusterModel
import KubernetesProtocol
import Synchronization
import Testing

@testable import KubernetesClient

/// What commands ask for: whole lists and single objects.
struct ObjectsTests {
    private static func names(_ list: APIClient.ObjectList) -> [String] { list.objects.map(\.key.name) }

    @Test func aListInPagesWithASelector() async throws {
        let script: ScriptedServer.Script = { request in
            request.target.contains("continue=p%2B2")
                ? [.response(Documents.list(["c"], version: "12"))]
                : [.response(Documents.list(["a", "b"], version: "12", continueToken: "p+2"))]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                let list = try await client.list(.services, namespace: "default", labelSelector: "app=x")
                #expect(Self.names(list) == ["a", "b", "c"])
                #expect(list.unreadable.isEmpty && list.resourceVersion == "12")
            }
            #expect(
                server.requests.map(\.target) == [
                    "/api/v1/namespaces/default/services?limit=500&labelSelector=app%3Dx",
                    "/api/v1/namespaces/default/services?limit=500&labelSelector=app%3Dx&continue=p%2B2",
                ])
        }
    }

    /// A continue token that is too old (410) begins the list again, and leaves no page of the first in it.
    @Test func aListThatExpires() async throws {
        let script: ScriptedServer.Script = { [server = Counter()] request in
            switch (request.target.contains("continue"), server.next()) {
            case (true, 2): [.response(410, Documents.status(410, "Expired", "too old"))]
            case (true, _): [.response(Documents.list(["b"]))]
            default: [.response(Documents.list(["a"], continueToken: "t"))]
            }
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                let list = try await client.list(.services)
                #expect(Self.names(list) == ["a", "b"])
            }
            #expect(server.requests.count == 4)
        }
    }

    /// One object that cannot be read is named, the others are there (robustness 64).
    @Test func anUnreadableObject() async throws {
        let body = Documents.list(["a", "b"]).replacing(#""name":"b""#, with: #""name":"b","labels":7"#)
        try await ScriptedServer.with({ _ in [.response(body)] }) { server in
            try await withClient(.local(server.port)) { client in
                let list = try await client.list(.services)
                #expect(Self.names(list) == ["a"])
                #expect(list.unreadable.map { $0.key?.name } == ["b"])
            }
        }
    }

    @Test func oneObject() async throws {
        let script: ScriptedServer.Script = { request in
            request.path.hasSuffix("/a") ? [.response(Documents.service("a"))] : [.response(404)]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port)) { client in
                let found = try await client.object(.services, namespace: "default", name: "a")
                #expect(found?.key == ObjectKey(namespace: "default", name: "a"))
                let missing = try await client.object(.services, namespace: "default", name: "b")
                #expect(missing == nil)
            }
            #expect(server.requests.first?.target == "/api/v1/namespaces/default/services/a")
        }
    }

    /// One octet at a time, for ever: a command ends all the same.
    @Test func aSlowBodyIsNotWaitedForForever() async throws {
        var limits = APIClientLimits()
        limits.responseHead = .seconds(1)
        limits.page = .milliseconds(200)
        let steps: [ScriptedServer.Step] = Documents.list(["a"]).map { .chunk(String($0)) }
        let script: ScriptedServer.Script = { _ in [.head()] + steps.flatMap { [$0, .pause(.milliseconds(20))] } }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port), limits: limits) { client in
                let error = await #expect(throws: APIError.self) { try await client.list(.services) }
                #expect(error?.reason == .interrupted)
                await server.wait { $0.openConnectionCount == 0 }
            }
        }
    }

    @Test func aForbiddenReadNamesTheVerb() async throws {
        let status = Documents.status(403, "Forbidden", #"secrets \"s\" is forbidden"#)
        try await ScriptedServer.with({ _ in [.response(403, status)] }) { server in
            try await withClient(.local(server.port)) { client in
                let error = await #expect(throws: APIError.self) {
                    try await client.object(.secrets, namespace: "default", name: "s")
                }
                #expect(error?.description.contains("forbids the verb get on secrets") == true)
            }
        }
    }
}

/// Counts from 1.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
