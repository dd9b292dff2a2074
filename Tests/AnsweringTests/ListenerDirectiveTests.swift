import Answering
import Corefile
import DNSTesting
import NetworkAddress
import Testing

/// How queries arrive: keys with a scheme, and the directives `tls`, `timeouts` and `multisocket`.
struct ListenerDirectiveTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var place: String
        /// What the sentence must say.
        var says: String
        var testDescription: String { text.replacing("\n", with: " ") }
    }

    static let refusals = [
        Refusal(text: "https://. {\n errors\n}", place: "Corefile:1:1", says: "DNS over HTTPS"),
        Refusal(text: "https3://. {\n errors\n}", place: "Corefile:1:1", says: "DNS over HTTP/3"),
        Refusal(text: "grpc://. {\n errors\n}", place: "Corefile:1:1", says: "DNS over gRPC"),
        Refusal(text: "a.example quic://. {\n errors\n}", place: "Corefile:1:11", says: "DNS over QUIC"),
        Refusal(text: ". tls://a.example {\n errors\n}", place: "Corefile:1:3", says: "\"tls CERT KEY\""),
        Refusal(text: "tls://. {\n tls cert\n}", place: "Corefile:2:2", says: "2 to 3 arguments"),
        Refusal(text: "tls://. {\n tls a b c d\n}", place: "Corefile:2:12", says: "2 to 3 arguments"),
        Refusal(text: "tls://. {\n tls \"\" b\n}", place: "Corefile:2:6", says: "names no file"),
        Refusal(text: "tls://. {\n tls a b\n tls a b\n}", place: "Corefile:3:2", says: "Corefile:2:2"),
        Refusal(
            text: "tls://. {\n tls a b {\n client_auth maybe\n }\n}", place: "Corefile:3:14", says: "verify_if_given"),
        Refusal(text: "tls://. {\n tls a b {\n ciphers x\n }\n}", place: "Corefile:3:2", says: "client_auth"),
        Refusal(
            text: "tls://a.example {\n tls a b\n}\ntls://b.example {\n tls c d\n}", place: "Corefile:5:2",
            says: "Corefile:2:2"),
        Refusal(
            text: "tls://a.example {\n tls a b\n}\nb.example:853 {\n errors\n}", place: "Corefile:2:2",
            says: "one TCP port"),
        Refusal(text: ". {\n timeouts\n}", place: "Corefile:2:2", says: "names no timeout"),
        Refusal(text: ". {\n timeouts {\n }\n}", place: "Corefile:2:2", says: "names no timeout"),
        Refusal(text: ". {\n timeouts 5s\n}", place: "Corefile:2:11", says: "no arguments"),
        Refusal(text: ". {\n timeouts {\n read\n }\n}", place: "Corefile:3:2", says: "1 argument"),
        Refusal(text: ". {\n timeouts {\n read 999ms\n }\n}", place: "Corefile:3:7", says: "1s to 24h"),
        Refusal(text: ". {\n timeouts {\n idle 25h\n }\n}", place: "Corefile:3:7", says: "1s to 24h"),
        Refusal(text: ". {\n timeouts {\n write soon\n }\n}", place: "Corefile:3:8", says: "soon"),
        Refusal(text: ". {\n timeouts {\n reed 5s\n }\n}", place: "Corefile:3:2", says: "\"read\""),
        Refusal(text: ". {\n multisocket 0\n}", place: "Corefile:2:14", says: "1 to 1024"),
        Refusal(text: ". {\n multisocket 1025\n}", place: "Corefile:2:14", says: "1 to 1024"),
        Refusal(text: ". {\n multisocket 2 3\n}", place: "Corefile:2:16", says: "at most 1 argument"),
    ]

    @Test(arguments: refusals) func refused(_ row: Refusal) {
        do throws(CorefileError) {
            _ = try TestServer.configuration(row.text)
            Issue.record("taken")
        } catch {
            #expect(error.position.description == row.place)
            #expect(error.message.contains(row.says), "\(error.message)")
        }
    }

    struct Warning: Sendable, CustomTestStringConvertible {
        var text: String
        var place: String
        var says: String
        var testDescription: String { text.replacing("\n", with: " ") }
    }

    static let warnings = [
        Warning(text: ". {\n tls a b\n}", place: "Corefile:2:2", says: "does nothing"),
        Warning(text: "tls://. {\n tls a b ca\n}", place: "Corefile:2:10", says: "require_and_verify"),
        Warning(
            text: "tls://. {\n tls a b ca {\n client_auth require\n }\n}", place: "Corefile:2:10",
            says: "require_and_verify"),
    ]

    @Test(arguments: warnings) func warnedOf(_ row: Warning) throws {
        let warning = try #require(try TestServer.configuration(row.text).warnings.first)
        #expect(warning.position.description == row.place)
        #expect(warning.message.contains(row.says), "\(warning.message)")
    }

    /// The port of RFC 7858 §3.1, and one block that answers in both ways.
    @Test func schemesHaveTheirListeners() throws {
        let text = ". tls://. tls://example.org:8853 {\n tls cert.pem /etc/key.pem\n}"
        let configuration = try TestServer.configuration(text)
        #expect(configuration.listeners.map(\.address.description) == ["dns://:53", "tls://:853", "tls://:8853"])
        #expect(configuration.listeners.map { $0.settings.tls == nil } == [true, false, false])
        #expect(configuration.warnings.isEmpty)
        let definition = try #require(configuration.certificates.first).definition
        #expect(configuration.certificates.count == 1)
        #expect([definition.certificate, definition.key] == ["etc/cert.pem", "/etc/key.pem"])
        #expect(definition.clientAuthentication == .none)
    }

    @Test(arguments: TLSDefinition.ClientAuthentication.allCases)
    func clientsMayBeAsked(_ mode: TLSDefinition.ClientAuthentication) throws {
        let text = "tls://. {\n root /keys\n tls a b ca {\n client_auth \(mode.rawValue)\n }\n}"
        let definition = try #require(try TestServer.configuration(text).certificates.first).definition
        #expect(definition.clientAuthentication == mode)
        #expect(definition.authority == "/keys/ca")
    }

    /// A number without a unit is seconds; what two blocks say of one address counts together.
    @Test func settingsOfAnAddress() throws {
        let text = """
            a.example {
                timeouts {
                    read 2
                    write 1m
                }
                multisocket 3
            }
            b.example {
                timeouts {
                    read 24h
                    idle 30s
                }
                multisocket 2
            }
            c.example:54 {
                multisocket
            }
            """
        let listeners = try TestServer.configuration(text).listeners
        let settings = listeners.map(\.settings)
        #expect(settings.map(\.socketCount) == [3, nil])
        #expect(
            settings[0].timeouts == TimeoutSettings(read: .seconds(24 * 3600), write: .seconds(60), idle: .seconds(30)))
        #expect(settings[1].timeouts == TimeoutSettings())
    }
}
