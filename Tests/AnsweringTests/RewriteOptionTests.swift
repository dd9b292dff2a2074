import Answering
import Corefile
import DNSTesting
import DNSWire
import NetworkAddress
import Testing

/// `rewrite edns0`: the options that go upstream with a question; layouts are those of RFC 6891, 5001 and 7871.
struct RewriteOptionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var lines: String
        /// Wire form: code, length, value.
        var want: [UInt8]
        var client = "192.0.2.1"
        var sends: [(UInt16, [UInt8])] = []
        var testDescription: String { lines }
    }

    static let rows = [
        Row(lines: "rewrite edns0 local set 0xffee 0x61626364", want: [0xFF, 0xEE, 0, 4] + Array("abcd".utf8)),
        Row(lines: "rewrite edns0 local set 65518 abcd", want: [0xFF, 0xEE, 0, 4] + Array("abcd".utf8)),
        Row(lines: "rewrite edns0 local set 0xffee {client_ip}", want: [0xFF, 0xEE, 0, 4, 192, 0, 2, 1]),
        Row(lines: "rewrite edns0 local set 0xffee {client_port}", want: [0xFF, 0xEE, 0, 2, 0x12, 0x67]),
        Row(lines: "rewrite edns0 local set 0xffee {qtype}", want: [0xFF, 0xEE, 0, 2, 0, 1]),
        Row(lines: "rewrite edns0 local set 0xffee {qname}", want: [0xFF, 0xEE, 0, 7] + Array("a.test.".utf8)),
        Row(lines: "rewrite edns0 local set 0xffee {protocol}", want: [0xFF, 0xEE, 0, 3] + Array("udp".utf8)),
        Row(lines: "rewrite edns0 local set 0xffee {server_port}", want: [0xFF, 0xEE, 0, 2, 0, 53]),
        // Every address is listened at, so that none is the server's.
        Row(lines: "rewrite edns0 local set 0xffee {server_ip}", want: []),
        Row(lines: "rewrite edns0 nsid set", want: [0, 3, 0, 0]),
        Row(lines: "rewrite edns0 nsid set revert", want: [0, 3, 0, 0]),
        Row(lines: "rewrite edns0 subnet set 24 56", want: [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2]),
        Row(lines: "rewrite edns0 subnet set 20 56", want: [0, 8, 0, 7, 0, 1, 20, 0, 192, 0, 0]),
        Row(
            lines: "rewrite edns0 subnet set 24 52",
            want: [0, 8, 0, 11, 0, 2, 52, 0, 0x20, 1, 0xD, 0xB8, 0x12, 0x34, 0x50],
            client: "2001:db8:1234:5678::1"),
        Row(lines: "rewrite edns0 subnet set 0 0", want: [0, 8, 0, 4, 0, 1, 0, 0]),
        Row(lines: "rewrite edns0 nsid replace", want: []),
        Row(lines: "rewrite edns0 nsid replace", want: [0, 3, 0, 0], sends: [(9, []), (3, [])]),
        Row(lines: "rewrite edns0 subnet append 24 56", want: [], sends: [(8, [0, 1, 0, 0])]),
        Row(lines: "rewrite edns0 subnet append 0 0", want: [0, 8, 0, 4, 0, 1, 0, 0]),
        Row(lines: "rewrite continue edns0 local set 1 a\nrewrite edns0 local set 1 b", want: [0, 1, 0, 1, 0x62]),
        Row(
            lines: "rewrite continue edns0 local set 1 a\nrewrite edns0 nsid set", want: [0, 1, 0, 1, 0x61, 0, 3, 0, 0]),
        Row(lines: "rewrite edns0 local set 1 a\nrewrite edns0 nsid set", want: [0, 1, 0, 1, 0x61]),
        Row(lines: "rewrite continue edns0 local set 1 a\nrewrite edns0 local unset 1", want: []),
        // Options of clients stay with them: client subnets and cookies too.
        Row(
            lines: "", want: [],
            sends: [(8, [0, 1, 24, 0, 192, 0, 2]), (10, [1, 2, 3, 4, 5, 6, 7, 8]), (0xFDE9, [1])]),
        Row(lines: "rewrite edns0 nsid set", want: [0, 3, 0, 0], sends: [(8, [0, 1, 24, 0, 192, 0, 2])]),
    ]

    @Test(arguments: rows) func options(_ row: Row) throws {
        let server = try TestServer(". {\n\(row.lines)\n forward . 192.0.2.53\n}")
        let query = QueryOctets("a.test", .a, edns: row.sends.isEmpty ? nil : .init(options: row.sends))
        #expect(server.send(query.octets, from: row.client).isEmpty)
        #expect(server.answerer.needed?.options == row.want)
        // The next query has none of them.
        _ = server.send(QueryOctets("1.0.0.127.in-addr.arpa", .ptr).octets)
    }

    /// With other options the answer may be another, so that they are part of the cache's key.
    @Test func optionsAreOfTheQuestion() throws {
        let server = try TestServer(". {\n rewrite edns0 subnet set 24 56\n forward . 192.0.2.53\n}")
        _ = server.send(QueryOctets("a.test", .a).octets, from: "192.0.2.1")
        let first = server.answerer.needed
        #expect(first != nil)
        _ = server.send(QueryOctets("a.test", .a).octets, from: "192.0.2.9")
        #expect(server.answerer.needed == first)
        _ = server.send(QueryOctets("a.test", .a).octets, from: "198.51.100.1")
        #expect(server.answerer.needed != first)
    }

    @Test func inZoneAnswersAreAsEver() throws {
        let server = try TestServer(". {\n rewrite edns0 nsid set\n hosts {\n 192.0.2.1 a.test\n }\n}")
        #expect(try server.ask("a.test.", .a).summary == "A 192.0.2.1")
    }

    @Test(arguments: [
        ("rewrite edns0 local set 0xffff0 a", 25, "is no code"), ("rewrite edns0 local set 0 a", 25, "is no code"),
        ("rewrite edns0 local set 1 0x123", 27, "even number"), ("rewrite edns0 local set 1 {zone}", 27, "variable"),
        ("rewrite edns0 local set 1", 1, "ends too early"), ("rewrite edns0 cookie set", 15, "local, nsid or subnet"),
        ("rewrite edns0 nsid add", 20, "set, append, replace or unset"),
        ("rewrite edns0 subnet set 33 0", 26, "0 to 32"),
        ("rewrite edns0 subnet set 24", 1, "ends too early"),
        ("rewrite edns0 nsid unset revert", 26, "one word too many"),
    ]) func refused(_ line: String, _ column: Int, _ says: String) {
        let error = #expect(throws: CorefileError.self) { _ = try TestServer.configuration(". {\n\(line)\n}") }
        #expect(error?.position.description == "Corefile:2:\(column)")
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }
}
