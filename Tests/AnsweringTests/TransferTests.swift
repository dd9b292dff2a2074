import Answering
import Corefile
import DNSTesting
import DNSWire
import Glibc
import TSIG
import Testing
import Transfers

/// `transfer` and `tsig`: who gets a zone (robustness facts 32, 78, 81).
struct TransferTests {
    private static let keys =
        "tsig {\n secret a.key AAECAwQFBgcICQoLDA0ODw==\n secret b.key DwECAwQFBgcICQoLDA0ODw==\n }\n"

    private static func server(_ directives: String) throws -> TestServer {
        try TestServer(
            """
            . {
                \(keys)
                \(directives)
                kubernetes cluster.local 2.0.192.in-addr.arpa {
                    manifests services
                }
            }
            """)
    }

    /// What comes for a question: `ZONE since` for a transfer, else the RCODE.
    private static func ask(
        _ server: TestServer, _ name: String = "cluster.local.", _ type: RRType = .axfr, key: String? = nil,
        from client: String = "192.0.2.1", over transport: QueryTransport = .tcp
    ) throws -> String {
        var message = QueryOctets(name, type).octets
        if let key {
            let secret: [UInt8] = [key == "b.key." ? 15 : 0] + Array(1..<16)
            var signer = TSIGSigner(TSIGKey(name: try Name(key), secret: secret))
            signer.sign(&message, now: UInt64(Self.now))
        }
        let reply = server.send(message, over: transport, from: client)
        if let transfer = server.answerer.takeTransfer() {
            #expect(reply.isEmpty)
            #expect((transfer.signer == nil) == (key == nil))
            return "\(transfer.order.zone.apex)"
        }
        let rcode = try DNSMessage(reading: reply.rawSpan).rcode
        return "\(rcode)"
    }

    private static func take(_ reply: [UInt8], _ response: inout TSIGResponse) throws {
        try response.verify(reply.rawSpan, now: UInt64(now))
    }

    /// Seconds since 1970.
    fileprivate static var now: Int { time(nil) }

    @Test func refusedByDefault() throws {
        let server = try Self.server("")
        #expect(try Self.ask(server) == "REFUSED")
        #expect(try Self.ask(server, key: "a.key.") == "REFUSED")
    }

    @Test func byAddressAndKey() throws {
        let server = try Self.server("transfer {\n to 192.0.2.1 198.51.100.0/24\n to * key a.key\n }")
        #expect(try Self.ask(server) == "cluster.local.")
        #expect(try Self.ask(server, from: "198.51.100.7") == "cluster.local.")
        #expect(try Self.ask(server, from: "203.0.113.1") == "REFUSED")
        #expect(try Self.ask(server, key: "a.key.", from: "203.0.113.1") == "cluster.local.")
        #expect(try Self.ask(server, key: "b.key.", from: "203.0.113.1") == "REFUSED")
        // A key that is not known is refused even where none is asked for.
        #expect(try Self.ask(server, key: "c.key.") == "NOTAUTH")
        #expect(try Self.ask(server, over: .udp) == "FORMERR")
        #expect(try Self.ask(server, "web.cluster.local.") == "NOTAUTH")
        #expect(try Self.ask(server, "2.0.192.in-addr.arpa.") == "2.0.192.in-addr.arpa.")
        #expect(try Self.ask(server, "cluster.local.", .ixfr) == "FORMERR")
    }

    /// The rule of the zone decides, not that of the zone above, whichever stands first (CVE-2026-33489).
    @Test(arguments: [true, false]) func theLongestZoneDecides(_ parentFirst: Bool) throws {
        let parent = "transfer . {\n to *\n }"
        let child = "transfer cluster.local {\n to 198.51.100.1\n }"
        let server = try Self.server(parentFirst ? parent + "\n" + child : child + "\n" + parent)
        #expect(try Self.ask(server) == "REFUSED")
        #expect(try Self.ask(server, from: "198.51.100.1") == "cluster.local.")
        #expect(try Self.ask(server, "2.0.192.in-addr.arpa.") == "2.0.192.in-addr.arpa.")
    }

    /// Over UDP and TCP alike, whatever is asked (fact 32).
    @Test(arguments: [QueryTransport.udp, .tcp]) func signedQueries(_ transport: QueryTransport) throws {
        let server = try Self.server("")
        var message = QueryOctets("cluster.local.", .soa).octets
        let key = TSIGKey(name: try Name("a.key."), secret: Array(0..<16))
        var signer = TSIGSigner(key)
        signer.sign(&message, now: UInt64(Self.now))
        let reply = server.send(message, over: transport)
        var response = TSIGResponse(to: signer)
        try response.verify(reply.rawSpan, now: UInt64(Self.now))
        #expect(response.isSettled)
        let answer = try DNSMessage(reading: reply.rawSpan).answer
        #expect(answer.count == 1)

        for (name, secret, seconds, want) in [
            ("c.key.", key.secret, 0, TSIGFailure.refused(.badKey)), ("a.key.", [9], 0, .refused(.badSig)),
            ("a.key.", key.secret, -302, .refused(.badTime)), ("a.key.", key.secret, 302, .refused(.badTime)),
        ] {
            var message = QueryOctets("cluster.local.", .soa).octets
            var signer = TSIGSigner(TSIGKey(name: try Name(name), secret: secret))
            signer.sign(&message, now: UInt64(Self.now + seconds))
            let reply = server.send(message, over: transport)
            let read = try DNSMessage(reading: reply.rawSpan)
            #expect(read.rcode == .notAuth && read.answer.isEmpty)
            var response = TSIGResponse(to: signer)
            #expect(throws: want) { try Self.take(reply, &response) }
        }
    }

    /// The signature is the last record, or the message is malformed.
    @Test func misplacedSignatures() throws {
        let server = try Self.server("")
        var message = QueryOctets("cluster.local.", .soa).octets
        var signer = TSIGSigner(TSIGKey(name: try Name("a.key."), secret: Array(0..<16)))
        signer.sign(&message, now: UInt64(Self.now))
        message[11] += 1
        message += [0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 1, 0]
        let reply = server.send(message)
        let rcode = try DNSMessage(reading: reply.rawSpan).rcode
        #expect(rcode == .formErr)
    }

    @Test func required() throws {
        let server = try Self.server("tsig cluster.local {\n require SOA\n }")
        #expect(try Self.ask(server, "cluster.local.", .soa, over: .udp) == "REFUSED")
        #expect(try Self.ask(server, "cluster.local.", .soa, key: "a.key.", over: .udp) == "NOERROR")
        #expect(try Self.ask(server, "cluster.local.", .ns, over: .udp) == "NOERROR")
        #expect(try Self.ask(server, "2.0.192.in-addr.arpa.", .soa, over: .udp) == "NOERROR")
    }

    @Test(arguments: [
        ("transfer {\n }", "says to nobody"), ("transfer {\n to\n }", "names nobody"),
        ("transfer {\n from *\n }", "is an unknown option"),
        ("transfer {\n to * key c.key\n }", "is no key that a \"tsig\""),
        ("transfer {\n to *\n }\n transfer {\n to *\n }", "has a rule for"), ("tsig {\n secret a.key\n }", "takes 2"),
        ("tsig {\n secret x ?\n }", "is no base64"), ("tsig {\n secret a.key AAAA\n }", "another secret than before"),
        ("tsig {\n require NONSENSE\n }", "is no type"), ("secondary example.org {\n }", "has no primary"),
        ("secondary example.org {\n transfer from\n }", "names no primary"),
        ("secondary example.org {\n transfer from x\n }", "is no address of a primary"),
        ("secondary example.org {\n transfer from 192.0.2.1\n tls ca.pem\n }", "no primary starts with"),
        ("secondary example.org {\n transfer from 192.0.2.1\n tls_servername a.b\n }", "no primary starts with"),
    ]) func refusals(_ directives: String, _ sentence: String) throws {
        #expect { try Self.server(directives) } throws: { "\($0)".contains(sentence) }
    }
}

/// NOTIFY for copies of zones (RFC 1996).
struct NotifyTests {
    @Test func fromPrimariesAlone() throws {
        let server = try TestServer(
            """
            . {
                secondary example.org {
                    transfer from 192.0.2.53
                }
            }
            """)
        func notify(_ name: String, from client: String) throws -> String {
            var octets = QueryOctets(name, .soa).octets
            octets[2] = 0x24
            let reply = server.send(octets, from: client)
            let word = UInt16(reply[2]) << 8 | UInt16(reply[3])
            #expect(word & Query.Flag.opcode == 0x2000)
            return "\(RCODE(rawValue: word & 0xF))"
        }
        #expect(try notify("example.org.", from: "192.0.2.53") == "NOERROR")
        #expect(try notify("example.org.", from: "192.0.2.54") == "REFUSED")
        #expect(try notify("www.example.org.", from: "192.0.2.53") == "NOTAUTH")
        let other = try TestServer()
        var octets = QueryOctets("cluster.local.", .soa).octets
        octets[2] = 0x24
        #expect(other.send(octets)[3] & 0xF == 4)
    }

    /// `require_opcode NOTIFY` refuses words without a signature, where it counts.
    @Test func signedAlone() throws {
        let key = TSIGKey(name: try Name("a.key."), secret: Array(0..<16))
        let server = try TestServer(
            """
            . {
                tsig example.org {
                    secret a.key AAECAwQFBgcICQoLDA0ODw==
                    require_opcode NOTIFY
                }
                secondary example.org example.com {
                    transfer from 192.0.2.53
                }
            }
            """)
        func notify(_ name: String, _ key: TSIGKey?) throws -> UInt8 {
            var octets = QueryOctets(name, .soa).octets
            octets[2] = 0x24
            if let key {
                var signer = TSIGSigner(key)
                signer.sign(&octets, now: UInt64(TransferTests.now))
            }
            return server.send(octets, from: "192.0.2.53")[3] & 0xF
        }
        #expect(try notify("example.org.", nil) == 5)
        #expect(try notify("example.org.", key) == 0)
        #expect(try notify("example.com.", nil) == 0)
    }
}
