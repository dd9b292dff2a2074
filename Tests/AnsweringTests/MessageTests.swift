import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Header, EDNS and sizes of replies (rules 20-23, robustness A-C).
struct MessageTests {
    private static func server(_ settings: String = "", endpoints: Int = 100) throws -> TestServer {
        let addresses = (0..<endpoints).map { "10.244.\($0 / 200).\($0 % 200)" }.joined(separator: " ")
        let corefile = TestServer.cluster().replacing(". {\n", with: ". {\n    \(settings)\n")
        return try TestServer(
            corefile,
            registry: """
                namespace shop
                service web.shop 10.0.0.1 fd00::1 http:80
                headless db.shop pg:5432
                slice db.shop pg:5432 \(addresses)
                """)
    }

    private static func query(
        _ name: String = "web.shop.svc.cluster.local", _ type: RRType = .a, edns: QueryOctets.OPT? = nil
    ) -> QueryOctets {
        QueryOctets(name, type, edns: edns)
    }

    /// RD and CD are copied, AD is never claimed, RA belongs to a forwarder.
    @Test(
        arguments: [(0x0000, []), (0x0100, [.rd]), (0x0010, [.cd]), (0x0120, [.rd])]
            as [(UInt16, Set<LDNSMessage.Flag>)])
    func flags(_ asked: UInt16, _ copied: Set<LDNSMessage.Flag>) throws {
        var query = Self.query()
        query.flags = asked
        let reply = try Self.server().ask(query)
        #expect(reply.message.flags == copied.union([.qr, .aa]))
    }

    @Test func classes() throws {
        for qclass in [3, 4, 254, 255] as [UInt16] {
            var query = Self.query()
            query.qclass = qclass
            let reply = try Self.server().ask(query)
            #expect(reply.summary == "REFUSED", "class \(qclass)")
        }
    }

    /// Opcodes that are not served: 12 octets, ID and opcode and nothing else of the request.
    @Test(arguments: 1...15) func opcodes(_ opcode: Int) throws {
        var query = Self.query(edns: .init())
        query.flags = UInt16(opcode) << 11 | 0x07F0
        let octets = try Self.server().send(query.octets)
        #expect(octets == [0x1D, 0xD5] + big(0x8000 | UInt16(opcode) << 11 | 4) + [0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func silence() throws {
        let server = try Self.server()
        var response = Self.query()
        response.flags = 0x8180
        #expect(server.send(response.octets) == [])
        for count in 0..<12 { #expect(server.send(Array(Self.query().octets.prefix(count))) == []) }
    }

    @Test func malformed() throws {
        let server = try Self.server()
        // No question could be read: 12 octets.
        let bare = server.send(Array(Self.query().octets.prefix(20)))
        #expect(bare == [0x1D, 0xD5, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0])
        // The question could: it comes back, and nothing of what lay behind it.
        let query = Self.query()
        var octets = query.octets + [1, 2, 3]
        octets[11] = 1
        let reply = try Reply(server.send(octets), to: query, over: .udp)
        #expect(reply.summary == "FORMERR" && reply.message.question.count == 1)
    }

    @Test func trailingOctetsAreNotEchoed() throws {
        let server = try Self.server()
        let reply = try Reply(server.send(Self.query().octets + [0xAA, 0xBB]), to: Self.query(), over: .udp)
        #expect(reply.summary == "A 10.0.0.1")
    }

    @Test func edns() throws {
        let server = try Self.server()
        let options: [(UInt16, [UInt8])] = [
            (0xFDE9, [7]), (8, [0, 1, 24, 0, 192, 0, 2]), (9, []),
        ]
        let plain = try #require(
            try server.ask("web.shop.svc", .a, edns: .init(udpSize: 4096, dnssecOK: true, options: options)).message
                .edns)
        #expect(plain.udpSize == 1232 && plain.version == 0 && plain.dnssecOK && plain.options == [])
        let version = try server.ask("web.shop.svc", .a, edns: .init(version: 1))
        #expect(version.summary == "BADVERS" && version.message.edns?.version == 0)
        let two = QueryOctets.OPT().octets
        var octets = Self.query(edns: .init()).octets + two
        octets[11] = 2
        let reply = try Reply(server.send(octets), to: Self.query(edns: .init()), over: .udp)
        #expect(reply.rcode == "FORMERR")
    }

    /// edns-tcp-keepalive (RFC 7828) is answered over TCP and nowhere else.
    @Test func keepalive() throws {
        let server = try Self.server()
        server.answerer.keepalive = 300
        let asking = QueryOctets.OPT(options: [(11, [])])
        #expect(
            try server.ask("web.shop.svc", .a, edns: asking, over: .tcp).message.edns?.options == [
                0, 11, 0, 2, 1, 0x2C,
            ])
        #expect(try server.ask("web.shop.svc", .a, edns: asking).message.edns?.options == [])
        #expect(try server.ask("web.shop.svc", .a, edns: .init(), over: .tcp).message.edns?.options == [])
    }

    struct SizeRow: Sendable, CustomTestStringConvertible {
        var label: String
        var settings = ""
        var edns: QueryOctets.OPT?
        var transport = QueryTransport.udp
        var limit: Int
        var testDescription: String { label }
    }

    /// A query may be as long as its sender likes (RFC 7830).
    private static let padding: (UInt16, [UInt8]) = (12, [UInt8](repeating: 0, count: 160))

    static let sizes = [
        SizeRow(label: "no EDNS", limit: 512), SizeRow(label: "EDNS 512", edns: .init(udpSize: 512), limit: 512),
        SizeRow(label: "EDNS 100", edns: .init(udpSize: 100), limit: 512),
        SizeRow(label: "EDNS 1000", edns: .init(udpSize: 1000), limit: 1000),
        // Robustness fact 53: a query of 54 octets.
        SizeRow(label: "20 times the query", edns: .init(), limit: 1080),
        SizeRow(label: "EDNS 1232", edns: .init(options: [padding]), limit: 1232),
        SizeRow(label: "EDNS 4096", edns: .init(udpSize: 4096, options: [padding]), limit: 1232),
        SizeRow(
            label: "bufsize 4096", settings: "bufsize 4096", edns: .init(udpSize: 65_535, options: [padding]),
            limit: 4096),
        SizeRow(label: "bufsize 512", settings: "bufsize 512", edns: .init(udpSize: 4096), limit: 512),
        SizeRow(label: "TCP", transport: .tcp, limit: 65_535),
    ]

    /// Whole records up to the limit, and TC where some are missing.
    @Test(arguments: sizes) func truncation(_ row: SizeRow) throws {
        let server = try Self.server(row.settings, endpoints: 400)
        let reply = try server.ask("db.shop.svc", .a, edns: row.edns, over: row.transport)
        let question = 12 + Self.query("db.shop.svc.cluster.local").question.count
        let fitting = min(400, (row.limit - question - (row.edns == nil ? 0 : 11)) / 16)
        #expect(reply.message.answer.count == fitting && reply.octets.count <= row.limit)
        #expect(reply.message.flags.contains(.tc) == (fitting < 400) && reply.message.rcode == 0)
    }

    /// RFC 8482: over UDP ANY is worth three times its query, and so is a type that nobody has.
    @Test(arguments: [RRType.any, RRType(rawValue: 0), RRType(rawValue: 65_280)]) func rareTypes(_ type: RRType) throws
    {
        let server = try Self.server("bufsize 4096", endpoints: 100)
        for edns in [nil, QueryOctets.OPT(udpSize: 4096)] {
            for name in ["db.shop.svc", "none.shop.svc", "@"] {
                let query = QueryOctets(name == "@" ? "cluster.local" : "\(name).cluster.local", type, edns: edns)
                #expect(try server.ask(query).octets.count <= 3 * query.octets.count, "\(name)")
            }
        }
        let cut = try server.ask("db.shop.svc", type)
        #expect(cut.message.flags.contains(.tc) == (type == .any))
        let whole = try server.ask("db.shop.svc", .any, over: .tcp).message
        #expect(whole.answer.count >= 100 && !whole.flags.contains(.tc))
    }

    /// Records that do not fit set TC; glue that does not fit is left out without it.
    @Test func glueGoesFirst() throws {
        for endpoints in 1...12 {
            let server = try Self.server(endpoints: endpoints)
            let reply = try server.ask("_pg._tcp.db.shop.svc", .srv)
            let records = reply.message.answer.count
            #expect(reply.message.flags.contains(.tc) == (records < endpoints), "\(endpoints) endpoints")
            if records < endpoints { #expect(reply.message.additional.isEmpty) }
        }
        let tcp = try Self.server(endpoints: 200).ask("_pg._tcp.db.shop.svc", .srv, over: .tcp).message
        #expect(tcp.answer.count == 200 && tcp.additional.count == 200 && !tcp.flags.contains(.tc))
    }

    /// More than TCP can carry: whole records up to 64 KiB and TC.
    @Test func sixtyFourKilobytes() throws {
        let server = try Self.server(endpoints: 5000)
        let reply = try server.ask("db.shop.svc", .a, over: .tcp)
        #expect(reply.message.flags.contains(.tc) && reply.message.answer.count == (65_535 - 12 - 31) / 16)
    }

    @Test func rotation() throws {
        let server = try Self.server("loadbalance", endpoints: 4)
        let first = try (0..<8).map { _ in try server.ask("db.shop.svc", .a).message.answer }
        #expect(Set(first.map(\.first)).count == 4)
        for answer in first { #expect(Set(answer) == Set(first[0]) && answer.count == 4) }
        let steady = try Self.server(endpoints: 4)
        let answers = try (0..<4).map { _ in try steady.ask("db.shop.svc", .a).message.answer }
        #expect(Set(answers).count == 1)
    }

    @Test func anyOctetsInALabel() throws {
        for octets in [[0x00], [0x2E], [0x22], [0x5C], [0xFF], [0x0A], Array("ä".utf8)] as [[UInt8]] {
            let query = QueryOctets(labels: [octets] + ["shop", "svc", "cluster", "local"].map { Array($0.utf8) }, .a)
            let reply = try Self.server().ask(query)
            #expect(reply.summary == "NXDOMAIN")
        }
    }

    /// Every reply to a turned query is one that libldns reads, or silence.
    @Test func mutatedQueries() throws {
        let server = try Self.server()
        var random = SplitMix64(seed: 3)
        let seeds = [
            Self.query(edns: .init()), Self.query("_._tcp.db.shop.svc.cluster.local", .srv),
            Self.query("1-2-3-4.shop.pod.cluster.local"),
        ]
        for _ in 0..<20_000 {
            var octets = random.pick(seeds).octets
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                octets[Int.random(in: octets.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            let reply = server.send(octets)
            if !reply.isEmpty { _ = try LDNSMessage(reply) }
        }
    }
}
