import Foundation
import KubernetesProtocol
import NIOSSL
import Testing

@testable import KubernetesClient

/// Certificates by openssl, the server by NIOSSL.
struct TLSTests {
    private let authority: Authority

    init() throws { authority = try Authority() }

    private func with(_ tls: TLSConfiguration, _ body: (ScriptedServer) async throws -> Void) async throws {
        try await ScriptedServer.with(tls: tls, { _ in [.response()] }, body)
    }

    @Test func anAddressInTheCertificate() async throws {
        try authority.issue("server", names: "IP:127.0.0.1")
        try await with(authority.serverTLS("server")) { server in
            #expect(await APIClient.failure(.local(server.port, trust: .authority(.file(authority.file)))) == nil)
        }
    }

    /// `tls-server-name`: connects to the address, asks for and checks the name; Host stays the server's.
    @Test func anotherNameInTheCertificate() async throws {
        try authority.issue("server", names: "DNS:kubernetes.default")
        try await with(authority.serverTLS("server")) { server in
            let configuration = APIServerConfiguration.local(
                server.port, serverName: "kubernetes.default", trust: .authority(.file(authority.file)))
            #expect(await APIClient.failure(configuration) == nil)
            #expect(server.requests.first?.headers["host"] == "127.0.0.1:\(server.port)")
        }
    }

    /// A bundle during the rotation of a CA: either signs.
    @Test func severalAuthorities() async throws {
        try authority.issue("server", names: "IP:127.0.0.1")
        let other = try Authority()
        let bundle =
            try String(contentsOfFile: other.file, encoding: .utf8)
            + String(contentsOfFile: authority.file, encoding: .utf8)
        let file = try authority.directory.write(bundle, to: "bundle.crt")
        try await with(authority.serverTLS("server")) { server in
            #expect(await APIClient.failure(.local(server.port, trust: .authority(.file(file)))) == nil)
        }
    }

    @Test func anyoneIsBelievedWhenAskedTo() async throws {
        try authority.issue("server", names: "DNS:elsewhere", days: -1)
        try await with(authority.serverTLS("server")) { server in
            #expect(await APIClient.failure(.local(server.port, trust: .anyone)) == nil)
        }
    }

    struct Unbelieved: Sendable {
        var label: String
        var names = "IP:127.0.0.1"
        var days = 1
        var trustsOther = false
        var serverName: String?
        var words: [String]
    }

    static let unbelieved = [
        Unbelieved(
            label: "another authority", trustsOther: true, words: ["authority that is not trusted", "the test"]),
        Unbelieved(label: "expired", days: -1, words: ["expired on", "renew it"]),
        Unbelieved(
            label: "another address", names: "IP:10.0.0.1,DNS:k8s",
            words: ["for 10.0.0.1, k8s, not for 127.0.0.1", "tls-server-name"]),
        Unbelieved(label: "another name", names: "DNS:k8s", serverName: "k9s", words: ["for k8s, not for k9s"]),
    ]

    /// The sentence says which of the things that can be wrong is; nothing is sent.
    @Test(arguments: unbelieved) func certificatesThatAreNotBelieved(_ row: Unbelieved) async throws {
        try authority.issue("server", names: row.names, days: row.days)
        let trusted = row.trustsOther ? try Authority() : authority
        try await with(authority.serverTLS("server")) { server in
            let configuration = APIServerConfiguration.local(
                server.port, serverName: row.serverName, trust: .authority(.file(trusted.file)),
                Login(authorization: .token(Concealed("secret-1"))))
            let error = await APIClient.failure(configuration)
            #expect(error?.reason == .unreachable, "\(row.label)")
            let sentence = error?.description ?? ""
            for words in row.words { #expect(sentence.contains(words), "\(row.label): \(sentence)") }
            #expect(server.requests.isEmpty, "\(row.label)")
        }
    }

    @Test func aClientCertificate() async throws {
        try authority.issue("server", names: "IP:127.0.0.1")
        try authority.issue("client", names: "DNS:c", usage: "clientAuth")
        var tls = try authority.serverTLS("server")
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .file(authority.file)
        try await with(tls) { server in
            let trust = ServerTrust.authority(.file(authority.file))
            let (chain, key) = ("\(authority.directory.path)/client.crt", "\(authority.directory.path)/client.key")
            let login = Login(certificate: .init(chain: .file(chain), key: .file(key)))
            #expect(await APIClient.failure(.local(server.port, trust: trust, login)) == nil)
            let stranger = await APIClient.failure(.local(server.port, trust: trust))
            #expect(stranger?.reason == .unreachable)
            #expect(stranger?.description.contains("client certificate") == true, "\(stranger?.description ?? "")")
        }
    }

    @Test func oldTLSIsRefused() async throws {
        try authority.issue("server", names: "IP:127.0.0.1")
        var tls = try authority.serverTLS("server")
        tls.minimumTLSVersion = .tlsv1
        tls.maximumTLSVersion = .tlsv11
        try await with(tls) { server in
            let error = await APIClient.failure(.local(server.port, trust: .authority(.file(authority.file))))
            #expect(error?.reason == .unreachable)
            #expect(error?.description.contains("TLS") == true, "\(error?.description ?? "")")
        }
    }

    @Test func aServerWithoutTLS() async throws {
        try await ScriptedServer.with({ _ in [.response()] }) { server in
            let tls = APIServerConfiguration.local(server.port, trust: .authority(.file(authority.file)))
            #expect(await APIClient.failure(tls)?.reason == .unreachable)
        }
    }

    struct BadFile: Sendable {
        var label: String
        var authority = "ca.crt"
        var chain = "client.crt"
        var key = "client.key"
        var words: [String]
    }

    static let badFiles = [
        BadFile(
            label: "no authority", authority: "nowhere.crt",
            words: ["nowhere.crt, the certificate authority, cannot be opened"]),
        BadFile(label: "no PEM", authority: "text", words: ["text holds no certificate in PEM"]),
        BadFile(label: "half a PEM", authority: "half", words: ["half holds no certificate"]),
        BadFile(label: "an empty authority", authority: "empty", words: ["empty, the certificate authority, is empty"]),
        BadFile(
            label: "a key for a certificate", chain: "client.key", words: ["client.key holds no certificate"]),
        BadFile(
            label: "a certificate for a key", key: "client.crt", words: ["client.crt holds no private key"]),
        BadFile(label: "another key", key: "ca.key", words: ["ca.key is not that of the certificate", "client.crt"]),
    ]

    @Test(arguments: badFiles) func filesThatAreNoCertificates(_ row: BadFile) async throws {
        try authority.issue("client", names: "DNS:c", usage: "clientAuth")
        let directory = authority.directory
        try directory.write("hello", to: "text")
        try directory.write("", to: "empty")
        try directory.write(String(String(contentsOfFile: authority.file, encoding: .utf8).prefix(200)), to: "half")
        let login = Login(
            certificate: .init(
                chain: .file("\(directory.path)/\(row.chain)"), key: .file("\(directory.path)/\(row.key)")))
        let configuration = APIServerConfiguration.local(
            1, trust: .authority(.file("\(directory.path)/\(row.authority)")), login)
        let error = await APIClient.failure(configuration)
        #expect(error?.reason == .credentials, "\(row.label)")
        let sentence = error?.description ?? ""
        for words in row.words { #expect(sentence.contains(words), "\(row.label): \(sentence)") }
    }

    /// A CA that is renewed under us: the next minute's requests, or those after a failure, take the new one.
    @Test func aRotatedAuthority() async throws {
        let other = try Authority()
        try authority.issue("server", names: "IP:127.0.0.1")
        let file = try authority.directory.write(String(contentsOfFile: other.file, encoding: .utf8), to: "current.crt")
        try await with(authority.serverTLS("server")) { server in
            try await withClient(.local(server.port, trust: .authority(.file(file)))) { client in
                await #expect(throws: APIError.self) { try await client.transport.open(.services) }
                try authority.directory.write(
                    String(contentsOfFile: authority.file, encoding: .utf8), to: "current.crt")
                await client.transport.credentials.expire()
                _ = try await client.transport.open(.services)
            }
        }
    }
}
