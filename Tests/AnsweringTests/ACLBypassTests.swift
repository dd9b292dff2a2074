import Answering
import DNSTesting
import DNSWire
import Testing

/// Nothing that a client can choose leads past `acl`: letters, other names for the same, options, the way it comes.
struct ACLBypassTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        /// Directives beside `hosts`.
        var directives: String
        var client = "10.1.2.3"
        var name = "secret.example"
        var type = RRType.a
        var qclass: UInt16 = 1
        var options: [(UInt16, [UInt8])] = []
        var want = "REFUSED"
        var testDescription: String { label }
    }

    private static let secret = "acl secret.example {\n block\n }"
    private static let network = "acl {\n block net 10.0.0.0/8\n }"
    /// RFC 7871 §6: family, source prefix length, scope prefix length, address.
    private static let subnet: (UInt16, [UInt8]) = (8, [0, 1, 24, 0, 192, 0, 2])

    static let rows = [
        Row(label: "the name in other letters", directives: secret, name: "sEcReT.eXaMpLe"),
        Row(label: "below it in other letters", directives: secret, name: "A.SECRET.EXAMPLE"),
        Row(label: "the acl in other letters", directives: "acl SECRET.Example {\n block\n }"),
        Row(
            label: "a name that is rewritten to it",
            directives: "rewrite name public.example secret.example\n \(secret)", name: "public.example"),
        Row(
            label: "the acl stands above the rewrite",
            directives: "\(secret)\n rewrite name public.example secret.example", name: "Public.Example"),
        Row(
            label: "a suffix that is rewritten to it",
            directives: "rewrite name suffix .public.test .example answer auto\n \(secret)", name: "secret.public.test"),
        Row(
            label: "an expression that makes it",
            directives: "rewrite name regex (.*)-name\\.test {1}.example answer auto\n \(secret)",
            name: "secret-name.test"),
        Row(
            label: "a type that is rewritten to a blocked one",
            directives: "rewrite type TXT A\n acl {\n block type A\n }", type: .txt),
        Row(label: "a client of another network by its own word", directives: network, options: [subnet]),
        Row(
            label: "a word that would be allowed", directives: "acl {\n allow net 192.0.2.0/24\n block\n }",
            options: [subnet]),
        Row(
            label: "unknown options around it", directives: network,
            options: [(65_001, [1, 2, 3]), subnet, (12, [0, 0, 0, 0])]),
        Row(label: "IPv4 inside IPv6", directives: network, client: "::ffff:10.1.2.3"),
        Row(
            label: "IPv4 inside IPv6 is not IPv6", directives: "acl {\n allow net ::/0\n block\n }",
            client: "::ffff:10.1.2.3"),
        Row(label: "ANY", directives: secret, type: .any),
        Row(label: "an unknown type", directives: secret, type: RRType(rawValue: 65_280)),
        Row(label: "class ANY", directives: secret, qclass: 255),
        Row(label: "class CH", directives: secret, qclass: 3),
    ]

    @Test(arguments: rows) func nothingPasses(_ row: Row) throws {
        let server = try TestServer(
            ". {\n hosts {\n 192.0.2.80 secret.example a.secret.example\n }\n \(row.directives)\n }")
        server.client = row.client
        for transport in [QueryTransport.udp, .tcp] {
            var query = QueryOctets(row.name, row.type, edns: .init(options: row.options))
            query.qclass = row.qclass
            let reply = try server.ask(query, over: transport)
            #expect(reply.summary == row.want, "\(transport)")
            #expect(!reply.octets.contains([192, 0, 2, 80]), "\(transport)")
        }
    }

    /// The same questions are answered where nothing is blocked: the table would fail without the `acl`.
    @Test func theRowsWouldBeAnswered() throws {
        let server = try TestServer(
            ". {\n hosts {\n 192.0.2.80 secret.example\n }\n rewrite name public.example secret.example\n }")
        #expect(try server.ask("public.example.", .a).octets.contains([192, 0, 2, 80]))
        #expect(try server.ask("sEcReT.example.", .a).octets.contains([192, 0, 2, 80]))
    }

    /// What one client may know and is kept in the cache stays hidden from the other.
    @Test func theCacheIsNoWayAround() throws {
        let server = try TestServer(
            """
            . {
                acl secret.example {
                    allow net 192.0.2.1
                    block
                }
                forward . 127.0.0.1
                cache
            }
            """)
        server.upstream = { UpstreamText.reply(to: $0, ["secret.example. 60 A 192.0.2.80"]) }
        server.client = "192.0.2.1"
        #expect(try server.ask("secret.example.", .a).octets.contains([192, 0, 2, 80]))
        server.client = "192.0.2.2"
        #expect(try server.ask("secret.example.", .a).summary == "REFUSED")
        #expect(server.asked.count == 1)
    }
}
