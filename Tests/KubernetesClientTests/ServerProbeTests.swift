import KubernetesProtocol
import Synchronization
import Testing

@testable import KubernetesClient

struct ServerProbeTests {
    private static let wait = ReflectorAction.wake(at: .seconds(60))

    private static var limits: APIClientLimits {
        var limits = APIClientLimits()
        limits.probeInterval = .milliseconds(30)
        return limits
    }

    /// A reflector that waits for a minute after each failure.
    private static let react: ScriptedMachine.Reaction = { event, _ in
        switch event {
        case .started, .serverReturned: [.send(.services)]
        case .failed, .refused: [wait]
        default: []
        }
    }

    /// The server comes up on the port where nobody was: all that wait are told at once.
    @Test func aServerThatReturns() async throws {
        let port = try await ScriptedServer.with({ _ in [] }) { $0.port }
        try await withClient(.local(port), limits: Self.limits) { client in
            try await following(client, Self.react) { first in
                try await following(client, Self.react) { second in
                    await first.wait { $0.count >= 2 }
                    await second.wait { $0.count >= 2 }
                    let script: ScriptedServer.Script = {
                        $0.path == "/readyz" ? [.response(type: "text/plain", "ok")] : [.response(Documents.list([]))]
                    }
                    try await ScriptedServer.with(port: port, script) { _ in
                        for record in [first, second] {
                            await record.wait { $0.contains(.serverReturned) && $0.contains(.opened) }
                        }
                    }
                }
            }
        }
    }

    /// A server that is well and refuses is not asked more often because of the probe.
    @Test(arguments: [500, 503]) func aServerThatOnlyRefuses(_ code: Int) async throws {
        let script: ScriptedServer.Script = {
            $0.path == "/readyz" ? [.response(type: "text/plain", "ok")] : [.response(code)]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port), limits: Self.limits) { client in
                try await following(client, Self.react) { record in
                    await server.wait { $0.requests.count { $0.path == "/readyz" } >= 3 }
                    #expect(server.requests.count { $0.path != "/readyz" } == 1)
                    #expect(!record.events.contains(.serverReturned))
                }
            }
        }
    }

    /// 429 says when to come again, 401 to 404 do not pass by themselves: no probes.
    @Test(arguments: [401, 403, 404, 429]) func noProbesWhereTheyTellNothing(_ code: Int) async throws {
        try await ScriptedServer.with({ _ in [.response(code)] }) { server in
            try await withClient(.local(server.port), limits: Self.limits) { client in
                try await following(client, Self.react) { record in
                    await record.wait { $0.count >= 2 }
                    try await Task.sleep(for: .milliseconds(150))
                    #expect(server.requests.count == 1)
                }
            }
        }
    }

    /// A request that was sent again and got lost too: the server's return is heard of, not the bound of the answer.
    @Test func aLostRequestHearsOfTheReturn() async throws {
        let react: ScriptedMachine.Reaction = { event, record in
            switch event {
            case .started: [.send(.services), .wake(at: .milliseconds(20))]
            case .woke: [.cancel, .send(.services), Self.wait]
            case .serverReturned: [.cancel, .send(.services)]
            default: []
            }
        }
        let probes = Mutex(0)
        let script: ScriptedServer.Script = { request in
            guard request.path == "/readyz" else { return [] }
            let number = probes.withLock { count in
                count += 1
                return count
            }
            return [.response(number < 3 ? 500 : 200, type: "text/plain", "")]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port), limits: Self.limits) { client in
                try await following(client, react) { record in
                    await record.wait { $0.last == .serverReturned }
                    #expect(record.events == [.started, .woke, .serverReturned])
                    await server.wait { $0.requests.count { $0.path != "/readyz" } == 3 }
                }
            }
        }
    }

    /// A server that is well and slow is left to its work.
    @Test func aSlowAnswerIsNotAskedForAgain() async throws {
        let react: ScriptedMachine.Reaction = { event, _ in
            switch event {
            case .started: [.wake(at: .zero)]
            case .woke, .serverReturned: [.send(.services)]
            default: []
            }
        }
        let script: ScriptedServer.Script = { $0.path == "/readyz" ? [.response(type: "text/plain", "ok")] : [] }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port), limits: Self.limits) { client in
                try await following(client, react) { record in
                    await server.wait { $0.requests.count { $0.path == "/readyz" } >= 3 }
                    #expect(record.events == [.started, .woke])
                }
            }
        }
    }

    @Test func nobodyWaitsAndNobodyProbes() async throws {
        try await ScriptedServer.with({ _ in [.head()] }) { server in
            try await withClient(.local(server.port), limits: Self.limits) { client in
                try await following(client, Self.react) { record in
                    await record.wait { $0.last == .opened }
                    try await Task.sleep(for: .milliseconds(150))
                    #expect(server.requests.count == 1)
                }
            }
        }
    }
}
