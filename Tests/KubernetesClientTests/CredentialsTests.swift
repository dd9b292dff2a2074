import Foundation
import KubernetesProtocol
import Logging
import Testing

@testable import KubernetesClient

struct CredentialsTests {
    private func credentials(_ login: Login) -> Credentials {
        Credentials(.local(1, login), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// kubelet rewrites the file; a 401 is the sign that the old token is over (robustness 69).
    @Test func aTokenFileIsReadAgainAfterA401() async throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("first\n", to: "token")
        let script: ScriptedServer.Script = { request in
            request.headers["authorization"] == "Bearer second" ? [.response()] : [.response(401)]
        }
        try await ScriptedServer.with(script) { server in
            try await withClient(.local(server.port, Login(authorization: .tokenFile(file)))) { client in
                await #expect(throws: APIError.self) { try await client.transport.open(.services) }
                try directory.write("second\n", to: "token")
                await #expect(throws: APIError.self) { try await client.transport.open(.services) }
                await client.transport.credentials.expire()
                _ = try await client.transport.open(.services)
            }
            #expect(
                server.requests.map { $0.headers["authorization"] } == [
                    "Bearer first", "Bearer first", "Bearer second",
                ])
        }
    }

    @Test func aTokenFileThatIsGoneLeavesTheLastToken() async throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("first", to: "token")
        let credentials = credentials(Login(authorization: .tokenFile(file)))
        #expect(try await credentials.session().authorization == Concealed("Bearer first"))
        try FileManager.default.removeItem(atPath: file)
        await credentials.expire()
        #expect(try await credentials.session().authorization == Concealed("Bearer first"))
    }

    /// Opening a FIFO would wait for a writer, and a device may have no end.
    @Test func whatIsNoFileIsRefusedAtOnce() async throws {
        let directory = try ScratchDirectory()
        #expect(unsafe mkfifo("\(directory.path)/fifo", 0o600) == 0)
        for path in ["\(directory.path)/fifo", "/dev/zero", directory.path] {
            let error = await #expect(throws: ConfigurationError.self) {
                try await credentials(Login(authorization: .tokenFile(path))).session()
            }
            #expect(error?.description == "\(path), the token file, is no regular file; name one.")
        }
    }

    /// A 401 that comes while the plugin runs is about what it gave before: what comes is read again.
    @Test func aRefusalDuringAReadingIsKept() async throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("first", to: "token")
        let credentials = credentials(Login(authorization: .tokenFile(file)))
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...20 {
                group.addTask { _ = try? await credentials.session() }
                group.addTask { await credentials.expire() }
            }
        }
        await credentials.expire()
        try directory.write("second", to: "token")
        #expect(try await credentials.session().authorization == Concealed("Bearer second"))
    }

    struct Refused: Sendable {
        var label: String
        var token: String
        var words: String
    }

    static let refused = [
        Refused(label: "empty", token: "\n", words: "is empty"),
        Refused(label: "two lines", token: "secret-1\r\nX-Evil: secret-1", words: "holds blanks"),
        Refused(label: "no ASCII", token: "secret-1é", words: "holds blanks"),
    ]

    /// What is no token goes into no header, and into no sentence.
    @Test(arguments: refused) func badTokensAreRefused(_ row: Refused) async throws {
        let directory = try ScratchDirectory()
        let file = try directory.write(row.token, to: "token")
        try await ScriptedServer.with({ _ in [.response()] }) { server in
            try await withClient(.local(server.port, Login(authorization: .tokenFile(file)))) { client in
                let error = await #expect(throws: APIError.self) { try await client.transport.open(.services) }
                #expect(error?.reason == .credentials)
                let sentence = error?.description ?? ""
                #expect(sentence.contains(row.words) && sentence.contains(file), "\(row.label): \(sentence)")
                #expect(!sentence.contains("secret-1"), "\(row.label): \(sentence)")
            }
            #expect(server.requests.isEmpty)
        }
    }
}
