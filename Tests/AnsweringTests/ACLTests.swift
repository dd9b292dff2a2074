import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Who may ask what (`acl`).
struct ACLTests {
    private static func server(_ acl: String) throws -> TestServer {
        try TestServer(
            """
            . {
                hosts {
                    192.0.2.80 a.example b.example secret.example
                    2001:db8::80 a.example
                }
                \(acl)
            }
            """)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var acl: String
        var client = "10.1.2.3"
        var name = "a.example"
        var type = RRType.a
        var want: String
        var testDescription: String { label }
    }

    static let rows = [
        Row(label: "no rule fits", acl: "acl {\n block net 10.2.0.0/16\n }", want: "A 192.0.2.80"),
        Row(label: "a range is blocked", acl: "acl {\n block net 10.1.0.0/16\n }", want: "REFUSED"),
        Row(label: "an address is blocked", acl: "acl {\n block net 10.1.2.3\n }", want: "REFUSED"),
        Row(label: "all are blocked", acl: "acl {\n block\n }", want: "REFUSED"),
        Row(label: "an asterisk is all", acl: "acl {\n block type * net *\n }", client: "fd00::1", want: "REFUSED"),
        Row(label: "filtered", acl: "acl {\n filter net 10.0.0.0/8\n }", want: "NODATA bare (no aa)"),
        Row(label: "dropped", acl: "acl {\n drop net 10.0.0.0/8\n }", want: "silence"),
        Row(label: "of two rules the first", acl: "acl {\n allow net 10.1.2.3\n block\n }", want: "A 192.0.2.80"),
        Row(label: "a type", acl: "acl {\n block type AAAA net *\n }", type: .aaaa, want: "REFUSED"),
        Row(label: "another type", acl: "acl {\n block type AAAA MX\n }", want: "A 192.0.2.80"),
        Row(label: "type behind net", acl: "acl {\n block net 10.0.0.0/8 type a\n }", want: "REFUSED"),
        Row(label: "a type by its number", acl: "acl {\n block type TYPE1\n }", want: "REFUSED"),
        Row(
            label: "a mapped client", acl: "acl {\n block net 10.0.0.0/8\n }", client: "::ffff:10.1.2.3",
            want: "REFUSED"),
        Row(label: "a mapped range", acl: "acl {\n block net ::ffff:10.0.0.0/104\n }", want: "REFUSED"),
        Row(
            label: "IPv6 has its own ranges", acl: "acl {\n block net 0.0.0.0/0\n }", client: "2001:db8::1",
            want: "A 192.0.2.80"),
        Row(label: "a zone", acl: "acl secret.example {\n block\n }", name: "secret.example", want: "REFUSED"),
        Row(
            label: "below a zone", acl: "acl secret.example {\n block\n }", name: "x.SECRET.example", want: "REFUSED"),
        Row(label: "another zone", acl: "acl secret.example {\n block\n }", want: "A 192.0.2.80"),
        Row(label: "the second acl", acl: "acl {\n allow net 10.9.0.0/16\n }\n acl {\n block\n }", want: "REFUSED"),
        Row(
            label: "what the first allows the second does not judge", acl: "acl {\n allow\n }\n acl {\n block\n }",
            want: "A 192.0.2.80"),
    ]

    @Test(arguments: rows) func judged(_ row: Row) throws {
        let server = try Self.server(row.acl)
        server.client = row.client
        for transport in [QueryTransport.udp, .tcp] {
            for edns in [nil, QueryOctets.OPT(dnssecOK: true)] {
                let query = QueryOctets(row.name, row.type, edns: edns)
                let octets = server.send(query.octets, over: transport)
                let found = octets.isEmpty ? "silence" : try Reply(octets, to: query, over: transport).summary
                #expect(found == row.want, "\(transport)")
            }
        }
    }

    /// RFC 8914 §4.16, §4.18: 15 is Blocked, 17 is Filtered.
    @Test(arguments: [("block", 15), ("filter", 17)] as [(String, UInt8)]) func reasons(_ action: String, _ code: UInt8)
        throws
    {
        let server = try Self.server("acl {\n \(action)\n }")
        let reply = try server.ask("a.example.", .a, edns: .init())
        #expect(reply.message.edns?.options == [0, 15, 0, 2, 0, code])
        #expect(try server.ask("a.example.", .a).message.edns == nil)
    }

    /// The target of a CNAME is judged as the name itself is: the chain ends before it.
    @Test func aliasesLeadNowhere() throws {
        let server = try TestServer(
            """
            cluster.local {
                kubernetes {
                    manifests services
                }
                acl web.shop.svc.cluster.local {
                    block net 192.0.2.0/24
                }
            }
            """,
            registry: """
                namespace shop
                service web.shop 10.0.0.1 http:80
                external out.shop web.shop.svc.cluster.local
                """)
        #expect(try server.ask("out.shop.svc", .a).summary == "CNAME web.shop.svc")
        server.client = "198.51.100.1"
        #expect(try server.ask("out.shop.svc", .a).summary == "CNAME web.shop.svc, web.shop.svc A 10.0.0.1")
    }

    @Test func counted() throws {
        let server = try Self.server(
            "acl {\n block net 10.0.0.1\n filter net 10.0.0.2\n drop net 10.0.0.3\n allow net 10.0.0.4\n }")
        for last in [1, 2, 2, 3, 3, 3, 4, 5, 5] {
            _ = server.send(QueryOctets("a.example", .a).octets, from: "10.0.0.\(last)")
        }
        let counts = server.answerer.statistics[0]
        #expect([.blocked, .filtered, .dropped, .allowed].map { counts.count(of: $0) } == [1, 2, 3, 3])
        // A dropped query is a query all the same.
        #expect(counts.requests.reduce(0, +) == 9)
        #expect(counts.responses.reduce(0, +) == 6)
    }
}
