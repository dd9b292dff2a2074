import Foundation
import Logging
import Testing

@testable import KubernetesClient

/// The protocol of `client.authentication.k8s.io` (client-go pkg/apis/clientauthentication/v1/types.go).
struct ExecPluginTests {
    private let directory: ScratchDirectory
    private static let version = "client.authentication.k8s.io/v1"

    init() throws { directory = try ScratchDirectory() }

    /// Run by sh: a file just written may not be executed while a child of another test still has it open.
    private func plugin(_ script: String, cluster: ExecPlugin.Cluster? = nil) throws -> ExecPlugin {
        let file = try directory.write(script, to: "login")
        return ExecPlugin(
            apiVersion: Self.version, command: "/bin/sh", arguments: [file, "one", "two words"],
            environment: [.init(name: "EXTRA", value: "secret-1")], installHint: "install it from X", cluster: cluster)
    }

    /// The shell command of a plugin that prints `status`.
    private static func answer(_ status: String, version: String = version) -> String {
        #"echo '{"apiVersion":"\#(version)","kind":"ExecCredential","status":\#(status)}'"#
    }

    @Test func aTokenWithItsEnd() async throws {
        let output = try await plugin(Self.answer(#"{"token":"t1","expirationTimestamp":"2030-01-02T03:04:05Z"}"#))
            .run()
        #expect(output.token == Concealed("t1"))
        #expect(output.expiry == Date(timeIntervalSince1970: 1_893_553_445))
        #expect(output.certificate == nil)
    }

    @Test func aCertificateWithItsKey() async throws {
        let output = try await plugin(Self.answer(#"{"clientCertificateData":"PEM1","clientKeyData":"PEM2"}"#)).run()
        #expect(try output.certificate?.chain.octets(what: "") == Array("PEM1".utf8))
        #expect(try output.certificate?.key.octets(what: "") == Array("PEM2".utf8))
    }

    @Test func thePluginIsToldWhoAsks() async throws {
        let cluster = ExecPlugin.Cluster(
            server: try ServerURL("https://k8s:6443", in: ""), serverName: "n",
            trust: .authority(.embedded(Concealed([0x61, 0x62]), name: "")))
        let output = try await plugin(
            #"printf '%s|%s|%s|%s' "$1" "$2" "$EXTRA" "$KUBERNETES_EXEC_INFO" > \#(directory.path)/seen; "#
                + Self.answer(#"{"token":"t"}"#), cluster: cluster
        ).run()
        #expect(output.token == Concealed("t"))
        let seen = try String(contentsOfFile: "\(directory.path)/seen", encoding: .utf8)
        #expect(
            seen == """
                one|two words|secret-1|{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",\
                "spec":{"cluster":{"certificate-authority-data":"YWI=","server":"https://k8s:6443",\
                "tls-server-name":"n"},\
                "interactive":false}}
                """)
    }

    struct Refused: Sendable {
        var label: String
        var script: String
        var words: [String]
    }

    static let refused = [
        Refused(
            label: "a failure", script: "echo secret-2; echo 'no such role' >&2; exit 3",
            words: ["status 3", "and said: no such role"]),
        Refused(
            label: "no JSON", script: "echo hello", words: ["no ExecCredential of client.authentication.k8s.io/v1"]),
        Refused(label: "nothing", script: "true", words: ["no ExecCredential"]),
        Refused(
            label: "another version",
            script:
                answer(#"{"token":"t"}"#, version: "client.authentication.k8s.io/v1beta1"),
            words: ["no ExecCredential of client.authentication.k8s.io/v1"]),
        Refused(
            label: "an empty status",
            script:
                answer(#"{"clientKeyData":"secret-2"}"#),
            words: ["neither a token nor a certificate"]),
    ]

    @Test(arguments: refused) func failuresAreNamed(_ row: Refused) async throws {
        let plugin = try plugin(row.script)
        let error = await #expect(throws: ConfigurationError.self) { try await plugin.run() }
        let sentence = error?.description ?? ""
        for words in row.words + [plugin.command] { #expect(sentence.contains(words), "\(row.label): \(sentence)") }
        #expect(!sentence.contains("secret-"), "\(row.label): \(sentence)")
    }

    @Test func aPluginThatIsNotInstalled() async throws {
        var plugin = try plugin("")
        plugin.command = "no-such-plugin"
        await #expect(
            throws: ConfigurationError("The exec plugin no-such-plugin cannot be started; install it from X.")
        ) {
            try await plugin.run()
        }
    }

    @Test func aPluginThatHangsIsKilled() async throws {
        let outcome = await ChildProcess.run(
            "/bin/sh", arguments: ["-c", "echo $$ > \(directory.path)/pid; exec sleep 60"],
            environment: ["PATH": "/usr/bin:/bin"], bound: .seconds(1))
        #expect(outcome == .overdue)
        let pid = try #require(Int32(String(contentsOfFile: "\(directory.path)/pid", encoding: .utf8).dropLast()))
        var polls = 0
        while kill(pid, 0) == 0, polls < 100 {
            try await Task.sleep(for: .milliseconds(20))
            polls += 1
        }
        #expect(kill(pid, 0) != 0)
    }

    /// A file with the x bit and no format cannot be started; the pipes made for it are closed.
    @Test func aPluginThatCannotBeStartedLeavesNothingOpen() async throws {
        let file = try directory.write("\u{1}\u{2}", to: "noformat")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        let pipes = {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
                return target?.hasPrefix("pipe:") == true
            }
        }
        let before = try pipes()
        for _ in 1...50 {
            let outcome = await ChildProcess.run(file, arguments: [], environment: [:], bound: .seconds(1))
            #expect(outcome == .notStarted)
        }
        // Other tests run plugins at the same time.
        #expect(try pipes() < before + 40)
    }

    /// The output is kept to its end; many who ask at once run the plugin once.
    @Test func theOutputIsKept() async throws {
        let plugin = try plugin("echo x >> \(directory.path)/runs; " + Self.answer(#"{"token":"t"}"#))
        let credentials = Credentials(
            .local(1, Login(authorization: .plugin(plugin))),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Credentials.Session.self) { group in
            for _ in 1...8 { group.addTask { try await credentials.session() } }
            for try await session in group { #expect(session.authorization == Concealed("Bearer t")) }
        }
        #expect(try String(contentsOfFile: "\(directory.path)/runs", encoding: .utf8) == "x\n")
    }
}
