import ClusterModel
import KubernetesProtocol
import NIOPosix
import Testing

@testable import KubernetesClient

/// A real reflector over a real socket.
struct ReflectorFollowTests {
    /// A server without WatchList, with the Service `a`; the first watch brings `b` and breaks, the next brings `c`.
    private static let script: ScriptedServer.Script = { [watches = Counter()] request in
        if request.path == "/readyz" { return [.response(200, type: "text/plain", "ok")] }
        if request.target.contains("sendInitialEvents") {
            return [.response(422, Documents.status(422, "Invalid", "sendInitialEvents is forbidden"))]
        }
        guard request.target.contains("watch=1") else { return [.response(Documents.list(["a"]))] }
        let isFirst = watches.next() == 1
        let object = Documents.service(isFirst ? "b" : "c", version: isFirst ? "11" : "12")
        return [.head(), .chunk(#"{"type":"ADDED","object":\#(object)}"# + "\n")] + (isFirst ? [.close] : [])
    }

    @Test func itListsAndWatchesAndComesBack() async throws {
        try await ScriptedServer.with(Self.script) { server in
            try await withClient(.local(server.port)) { client in
                let (actions, put) = AsyncStream.makeStream(of: ReflectorAction.self)
                let follower = Task {
                    let reflector = Reflector(resource: .services, resumingAt: nil, seed: 1)
                    await client.follow(reflector, keeping: []) { put.yield($0) }
                }
                var names: [String] = []
                var isSynced = false
                for await action in actions {
                    if action == .synced { isSynced = true }
                    guard case .apply(let changes) = action else { continue }
                    for case .upserted(let object) in changes { names.append(object.key.name) }
                    if names.last == "c" { break }
                }
                follower.cancel()
                await follower.value
                #expect(names == ["a", "b", "c"] && isSynced)
            }
            #expect(server.requests.contains { $0.target.contains("resourceVersion=11") })
        }
    }
}
