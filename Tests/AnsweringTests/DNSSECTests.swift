import Answering
import DNSTesting
import DNSWire
import DNSZone
import Synchronization
import Testing
import ZoneFiles

/// Signatures over answers, judged by libldns.
struct DNSSECTests {
    private static let registry = """
        namespace default
        service web 10.0.0.1 fd00::1 http:80
        headless db pg:5432
        slice db pg:5432 10.244.0.9 10.244.0.1 10.244.0.5
        external outside www.example.com
        external inside web.default.svc.cluster.local
        """
    /// 2026-11-29.
    private static let today: Int64 = 1_795_910_400

    private static func server(
        _ keys: String = "13/257/cluster.local", clock: @escaping @Sendable () -> Int64 = { today }
    ) throws -> TestServer {
        let server = try TestServer(
            """
            . {
                dnssec cluster.local {
                    key file \(keys)
                }
                hosts {
                    192.0.2.7 printer.cluster.local
                    192.0.2.8 printer.example.com
                    fallthrough
                }
                loadbalance
                kubernetes cluster.local in-addr.arpa {
                    manifests services
                    pods insecure
                }
                forward . 192.0.2.53
            }
            """, registry: registry, environment: .signing(clock: clock))
        server.upstream = { question in
            var reply = UpstreamText.reply(to: question, ["\(question.text) 3600 A 192.0.2.1"])
            reply.flags |= Query.Flag.authoritative
            return reply
        }
        return server
    }

    /// Types of the answer and authority sections, and what libldns says of their signatures.
    private static func verdict(
        _ server: TestServer, _ name: String, _ type: RRType, over transport: QueryTransport = .udp,
        keys: [UInt8] = [13]
    ) throws -> (types: String, signatures: [String], reply: Reply) {
        let reply = try server.ask(name, type, edns: .init(dnssecOK: true), over: transport)
        let trusted = try keys.map { try TestKeys.key($0, zone: "cluster.local") }
        let signatures = try LDNSMessage.signatures(in: reply.octets, keys: trusted, at: today)
        let types = [reply.message.answer, reply.message.authority].map { lines in
            lines.map { $0.split(separator: " ")[3] }.joined(separator: " ")
        }
        return ("\(reply.rcode): \(types[0]) / \(types[1])", signatures, reply)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var type: RRType
        var types: String
        /// How many there are.
        var signatures: Int
        var testDescription: String { "\(type) \(name)" }
    }

    static let rows = [
        Row(name: "web.default.svc", type: .a, types: "NOERROR: A RRSIG / ", signatures: 1),
        Row(name: "WEB.default.SVC", type: .aaaa, types: "NOERROR: AAAA RRSIG / ", signatures: 1),
        Row(name: "_http._tcp.web.default.svc", type: .srv, types: "NOERROR: SRV RRSIG / ", signatures: 1),
        Row(name: "db.default.svc", type: .a, types: "NOERROR: A A A RRSIG / ", signatures: 1),
        Row(name: "db.default.svc", type: .srv, types: "NOERROR: SRV SRV SRV RRSIG / ", signatures: 1),
        Row(name: "inside.default.svc", type: .a, types: "NOERROR: CNAME A RRSIG RRSIG / ", signatures: 2),
        Row(name: "outside.default.svc", type: .a, types: "NOERROR: CNAME A RRSIG / ", signatures: 1),
        Row(name: "10-1-2-3.default.pod", type: .a, types: "NOERROR: A RRSIG / ", signatures: 1),
        Row(name: "printer", type: .a, types: "NOERROR: A RRSIG / ", signatures: 1),
        Row(name: "@", type: .dnskey, types: "NOERROR: DNSKEY RRSIG / ", signatures: 1),
        Row(name: "@", type: .soa, types: "NOERROR: SOA RRSIG / ", signatures: 1),
        Row(name: "@", type: .ns, types: "NOERROR: NS RRSIG / ", signatures: 1),
        Row(name: "web.default.svc", type: .mx, types: "NOERROR:  / SOA RRSIG NSEC RRSIG", signatures: 2),
        Row(name: "printer", type: .aaaa, types: "NOERROR:  / NSEC RRSIG", signatures: 1),
        Row(name: "default.svc", type: .a, types: "NOERROR:  / SOA RRSIG NSEC RRSIG", signatures: 2),
        Row(name: "none.default.svc", type: .a, types: "NOERROR:  / SOA RRSIG NSEC RRSIG", signatures: 2),
        Row(name: "*.default.svc", type: .a, types: "NOERROR:  / SOA RRSIG NSEC RRSIG", signatures: 2),
        Row(name: "web.default.svc", type: .nsec, types: "NOERROR: NSEC RRSIG / ", signatures: 1),
        Row(name: "none.default.svc", type: .nsec, types: "NOERROR: NSEC RRSIG / ", signatures: 1),
        // Not in the zone that is signed.
        Row(name: "printer.example.com.", type: .a, types: "NOERROR: A / ", signatures: 0),
        Row(name: "1.0.0.10.in-addr.arpa.", type: .ptr, types: "NOERROR: PTR / ", signatures: 0),
        Row(name: "www.example.com.", type: .a, types: "NOERROR: A / ", signatures: 0),
    ]

    @Test(arguments: rows) func signed(_ row: Row) throws {
        let server = try Self.server()
        // The second time from the cache, and the addresses in another order.
        for _ in 0..<2 {
            for transport in [QueryTransport.udp, .tcp] {
                let (types, signatures, _) = try Self.verdict(server, row.name, row.type, over: transport)
                #expect(types == row.types)
                #expect(signatures.count == row.signatures && signatures.allSatisfy { $0.hasSuffix(": OK") })
            }
        }
    }

    /// Nothing is signed for clients that do not ask for it; the keys are there for all.
    @Test func unasked() throws {
        let server = try Self.server()
        #expect(try server.ask("web.default.svc", .a).message.answer.count == 1)
        #expect(try server.ask("web.default.svc", .a, edns: .init()).message.answer.count == 1)
        #expect(try server.ask("none.default.svc", .a, edns: .init()).rcode == "NXDOMAIN")
        #expect(try server.ask("@", .dnskey).message.answer.count == 1)
    }

    /// A zone without a key has no NSEC records, which alone would make NXDOMAIN NOERROR (RFC 9824 §3.1).
    @Test func deniedUnsigned() throws {
        let reply = try Self.verdict(Self.server(), "9.9.9.10.in-addr.arpa.", .ptr)
        #expect(reply.types == "NXDOMAIN:  / SOA")
    }

    /// RFC 9824 §3.1, §5.1, §3.5.
    @Test func compactDenial() throws {
        let server = try Self.server()
        let reply = try Self.verdict(server, "none.default.svc", .a).reply
        let nsec = try #require(reply.message.authority.first { $0.contains(" NSEC ") && $0.contains("000.") })
        #expect(nsec.hasSuffix("000.none.default.svc.cluster.local. RRSIG NSEC TYPE128"))
        let aware = try server.ask("none.default.svc", .a, edns: .init(dnssecOK: true, compactAnswersOK: true))
        #expect(aware.rcode == "NXDOMAIN")
        #expect(try server.ask("web.default.svc", .nxName, edns: .init(dnssecOK: true)).rcode == "FORMERR")
    }

    /// Where the signatures do not fit, the client is sent to TCP with nothing half done.
    @Test func truncation() throws {
        let server = try Self.server("13/257/cluster.local 15/256/cluster.local")
        let query = QueryOctets("none.default.svc.cluster.local", .a, edns: .init(udpSize: 512, dnssecOK: true))
        let reply = try server.ask(query)
        #expect(reply.message.flags.contains(.tc) && reply.message.answer.isEmpty && reply.message.authority.isEmpty)
        #expect(try server.ask(query, over: .tcp).message.authority.count == 6)
    }

    /// Two algorithms: every RRset has both signatures (RFC 6840 §5.11).
    @Test func twoAlgorithms() throws {
        let server = try Self.server("13/257/cluster.local 15/257/cluster.local")
        for (name, type) in [("web.default.svc", RRType.a), ("@", .dnskey)] {
            let (_, signatures, reply) = try Self.verdict(server, name, type, keys: [13, 15])
            #expect(signatures.count == 2 && signatures.allSatisfy { $0.hasSuffix(": OK") })
            #expect(reply.message.answer.count { $0.contains("RRSIG \(type) 15 ") } == 1)
        }
        // With one of the two keys, the other's signature is nothing.
        #expect(
            try Self.verdict(server, "web.default.svc", .a, keys: [15]).signatures.count { $0.hasSuffix(": OK") } == 1)
    }

    private final class Clock: Sendable {
        private let seconds = Mutex(today)
        var now: Int64 {
            get { seconds.withLock { $0 } }
            set { seconds.withLock { $0 = newValue } }
        }
    }

    /// A signature is kept for as long as it holds for two days more, and then made anew.
    @Test func renewal() throws {
        let clock = Clock()
        let server = try Self.server { clock.now }
        let first = try Self.verdict(server, "web.default.svc", .a).reply.message.answer
        clock.now += 4 * 86_400
        #expect(try Self.verdict(server, "web.default.svc", .a).reply.message.answer == first)
        clock.now += 2 * 86_400 + 3600
        let reply = try server.ask("web.default.svc", .a, edns: .init(dnssecOK: true))
        #expect(reply.message.answer != first)
        let keys = [try TestKeys.key(13, zone: "cluster.local")]
        #expect(
            try LDNSMessage.signatures(in: reply.octets, keys: keys, at: clock.now).allSatisfy { $0.hasSuffix(": OK") })
    }

    /// A flood of names that nobody has: over UDP the client must come back over TCP, and there wait.
    @Test func flood() throws {
        let server = try Self.server()
        for index in 0..<1000 { _ = try server.ask("none-\(index).default.svc", .a, edns: .init(dnssecOK: true)) }
        let udp = try server.ask("none.default.svc", .a, edns: .init(dnssecOK: true))
        #expect(udp.message.flags.contains(.tc) && udp.message.authority.isEmpty)
        #expect(try server.ask("none.default.svc", .a, edns: .init(dnssecOK: true), over: .tcp).rcode == "SERVFAIL")
        // Names that are there, and those denied before, are answered all the same.
        #expect(try Self.verdict(server, "web.default.svc", .a).signatures == ["web.default.svc.cluster.local. A: OK"])
        #expect(try Self.verdict(server, "none-7.default.svc", .a).signatures.count == 2)
        server.now += 1_000_000_000
        #expect(try Self.verdict(server, "none.default.svc", .a).signatures.count == 2)
    }

    @Test func broken() throws {
        let server = try Self.server()
        var octets = try Self.verdict(server, "web.default.svc", .a).reply.octets
        let address = try #require(octets.firstRange(of: [10, 0, 0, 1]))
        octets[address.lowerBound + 3] = 2
        let keys = [try TestKeys.key(13, zone: "cluster.local")]
        #expect(try LDNSMessage.signatures(in: octets, keys: keys, at: Self.today).allSatisfy { !$0.hasSuffix(": OK") })
    }
}
