import Foundation
import Testing

@testable import KubernetesClient

/// The fields are those of client-go's `tools/clientcmd/api/v1/types.go`.
struct KubeconfigTests {
    struct Row: Sendable {
        var label: String
        var cluster = "{server: 'https://10.0.0.1:6443'}"
        var user = "{}"
        var context: String?
        var server = "https://10.0.0.1:6443"
        /// Given the directory of the file.
        var trust: @Sendable (String) -> ServerTrust = { _ in .systemRoots }
        var login: @Sendable (String) -> Login = { _ in Login() }
    }

    static let rows = [
        Row(label: "nothing but a server"),
        Row(
            label: "a server behind a path", cluster: "{server: 'https://r.example/k8s/clusters/c-1/'}",
            server: "https://r.example:443/k8s/clusters/c-1"),
        Row(label: "an IPv6 server", cluster: "{server: 'https://[fd00::1]:6443'}", server: "https://[fd00::1]:6443"),
        Row(label: "no TLS", cluster: "{server: 'http://localhost:8001'}", server: "http://localhost:8001"),
        Row(
            label: "a CA file beside the kubeconfig",
            cluster: "{server: 'https://10.0.0.1:6443', certificate-authority: ca.crt}",
            trust: { directory in .authority(.file("\(directory)/ca.crt")) }),
        Row(
            label: "an absolute CA file",
            cluster: "{server: 'https://10.0.0.1:6443', certificate-authority: /x/ca.crt}",
            trust: { _ in .authority(.file("/x/ca.crt")) }),
        Row(
            label: "CA data wins over a file",
            cluster:
                "{server: 'https://10.0.0.1:6443', certificate-authority: ca.crt, certificate-authority-data: YWI=}",
            trust: {
                .authority(
                    .embedded(Concealed([0x61, 0x62]), name: "\($0)/config: cluster “c”, certificate-authority-data"))
            }),
        Row(
            label: "an unverified server", cluster: "{server: 'https://10.0.0.1:6443', insecure-skip-tls-verify: true}",
            trust: { _ in .anyone }),
        Row(label: "a token", user: "{token: abc}", login: { _ in Login(authorization: .token(Concealed("abc"))) }),
        Row(
            label: "a token file wins over a token", user: "{token: abc, tokenFile: t}",
            login: { directory in Login(authorization: .tokenFile("\(directory)/t")) }),
        Row(
            label: "a password", user: "{username: u, password: p}",
            login: { _ in Login(authorization: .password(user: "u", Concealed("p"))) }),
        Row(
            label: "client certificate files", user: "{client-certificate: c.crt, client-key: /k/c.key}",
            login: { directory in Login(certificate: .init(chain: .file("\(directory)/c.crt"), key: .file("/k/c.key")))
            }),
        Row(
            label: "certificate and token", user: "{client-certificate: /c, client-key: /k, token: t}",
            login: { _ in
                Login(
                    authorization: .token(Concealed("t")), certificate: .init(chain: .file("/c"), key: .file("/k")))
            }),
        Row(
            label: "a plugin in PATH",
            user:
                "{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token], "
                + "env: [{name: A, value: b}], interactiveMode: IfAvailable}}",
            login: { _ in
                Login(
                    authorization: .plugin(
                        ExecPlugin(
                            apiVersion: "client.authentication.k8s.io/v1", command: "aws",
                            arguments: ["eks", "get-token"],
                            environment: [.init(name: "A", value: "b")], installHint: "", cluster: nil)))
            }),
        Row(
            label: "a plugin beside the kubeconfig",
            user: "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./login}}",
            login: { directory in
                Login(
                    authorization: .plugin(
                        ExecPlugin(
                            apiVersion: "client.authentication.k8s.io/v1beta1", command: "\(directory)/./login",
                            arguments: [],
                            environment: [], installHint: "", cluster: nil)))
            }),
        Row(label: "a context by name", user: "{token: abc}", context: "other", server: "https://10.9.9.9:443"),
    ]

    static func text(cluster: String, user: String, current: String = "main") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: \(current)
        preferences: {}
        contexts:
        - name: main
          context: {cluster: c, user: u, namespace: default}
        - {name: other, context: {cluster: d, user: ""}}
        - {name: lost, context: {cluster: nowhere, user: u}}
        - {name: stranger, context: {cluster: c, user: nobody}}
        clusters:
        - name: c
          cluster: \(cluster)
        - {name: d, cluster: {server: "https://10.9.9.9"}}
        users:
        - name: u
          user: \(user)
        """
    }

    @Test(arguments: rows) func readsContexts(_ row: Row) throws {
        let directory = try ScratchDirectory()
        let file = try directory.write(Self.text(cluster: row.cluster, user: row.user), to: "config")
        let configuration = try APIServerConfiguration.kubeconfig(file: file, context: row.context)
        #expect(configuration.server.description == row.server, "\(row.label)")
        #expect(configuration.trust == row.trust(directory.path), "\(row.label)")
        #expect(configuration.login == row.login(directory.path), "\(row.label)")
    }

    struct Refused: Sendable {
        var label: String
        var cluster = "{server: 'https://10.0.0.1:6443'}"
        var user = "{}"
        var current = "main"
        var words: [String]
    }

    static let refused = [
        Refused(
            label: "a context that is not there", current: "gone",
            words: ["context “gone”", "it holds main, other, lost, stranger"]),
        Refused(label: "no current context", current: "''", words: ["no current-context", "name one of main"]),
        Refused(label: "a cluster that is not there", current: "lost", words: ["cluster “nowhere”", "it holds c, d"]),
        Refused(label: "a user that is not there", current: "stranger", words: ["user “nobody”", "it holds u"]),
        Refused(label: "no server", cluster: "{}", words: ["cluster “c”", "has no server"]),
        Refused(
            label: "a server without scheme", cluster: "{server: '10.0.0.1:6443'}",
            words: ["cluster “c”", "10.0.0.1:6443", "https://"]),
        Refused(
            label: "a proxy", cluster: "{server: 'https://a', proxy-url: 'http://p'}",
            words: ["cluster “c”", "proxy-url"]),
        Refused(
            label: "no base64", cluster: "{server: 'https://a', certificate-authority-data: '%'}",
            words: ["cluster “c”", "certificate-authority-data", "base64"]),
        Refused(
            label: "unverified and verified",
            cluster: "{server: 'https://a', certificate-authority: a, insecure-skip-tls-verify: true}",
            words: ["keep one"]),
        Refused(
            label: "a certificate without key", user: "{client-certificate: a}", words: ["user “u”", "no client-key"]),
        Refused(
            label: "auth-provider", user: "{auth-provider: {name: gcp}}",
            words: ["user “u”", "auth-provider", "exec plugin"]),
        Refused(label: "impersonation", user: "{as: root, token: secret-1}", words: ["user “u”", "impersonates"]),
        Refused(
            label: "an old plugin", user: "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: a}}",
            words: ["user “u”", "v1alpha1", "v1beta1"]),
        Refused(
            label: "a plugin that asks",
            user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a, interactiveMode: Always}}",
            words: ["terminal"]),
        Refused(label: "a token that is a list", user: "{token: [secret-1]}", words: ["token", "another kind"]),
        Refused(label: "no YAML", user: "{token: 'secret-1", words: ["no YAML"]),
    ]

    @Test(arguments: refused) func refusesWithASentence(_ row: Refused) throws {
        let directory = try ScratchDirectory()
        let file = try directory.write(
            Self.text(cluster: row.cluster, user: row.user, current: row.current), to: "config")
        let error = #expect(throws: ConfigurationError.self, "\(row.label)") {
            try APIServerConfiguration.kubeconfig(file: file)
        }
        let sentence = try #require(error).description
        for words in row.words + [file] { #expect(sentence.contains(words), "\(row.label): \(sentence)") }
        #expect(!sentence.contains("secret-1"), "\(row.label): \(sentence)")
    }

    /// What `-n` means to kubectl where it is not given.
    @Test func aContextMayNameANamespace() throws {
        let directory = try ScratchDirectory()
        let text = """
            current-context: a
            contexts:
            - {name: a, context: {cluster: c, namespace: web}}
            - {name: b, context: {cluster: c}}
            """
        let file = try directory.write(text, to: "config")
        #expect(try APIServerConfiguration.namespace(file: file) == "web")
        #expect(try APIServerConfiguration.namespace(file: file, context: "b") == nil)
        #expect(throws: ConfigurationError.self) { try APIServerConfiguration.namespace(file: file, context: "x") }
    }

    @Test func aFileThatIsNotThereIsNamed() {
        #expect(
            throws: ConfigurationError(
                "/nowhere/config, the kubeconfig, cannot be opened; check that it exists and may be read.")
        ) {
            try APIServerConfiguration.kubeconfig(file: "/nowhere/config")
        }
    }

    /// Concealed values are equal by what they hold, and say nothing of it.
    @Test func secretsAreNotPrinted() throws {
        let login = Login(
            authorization: .token(Concealed("secret-1")),
            certificate: .init(chain: .file("/c"), key: .embedded(Concealed(Array("secret-1".utf8)), name: "k")))
        var dumped = ""
        dump(login, to: &dumped)
        for text in [
            "\(login)", String(reflecting: login), dumped,
            "\(Credentials.Session(authorization: Concealed("secret-1")))",
        ] {
            #expect(!text.contains("secret-1") && !text.contains("115, 101"))
        }
        #expect(Concealed("a") == Concealed("a") && Concealed("a") != Concealed("b"))
    }
}
