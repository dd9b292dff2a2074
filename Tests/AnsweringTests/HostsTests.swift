import Answering
import Corefile
import DNSTesting
import DNSWire
import NetworkAddress
import Testing
import ZoneFiles

/// Hosts files, and what `hosts` makes of them.
struct HostsTests {
    /// A server whose `hosts` has read `file`.
    private static func server(_ hosts: String, file: String) throws -> TestServer {
        let server = try TestServer(". {\n \(hosts)\n}")
        let state = server.answerer.state
        let tables = server.configuration.hosts.map { definition in
            var list = HostsList(definition)
            list.append(file: Array(file.utf8))
            return HostsTable(list, definition: definition)
        }
        server.answerer.use(
            ServingState(generation: 2, configuration: server.configuration, zones: state.zones, hosts: tables))
        return server
    }

    @Test func reading() throws {
        let label = String(repeating: "l", count: 63)
        let server = try Self.server(
            "hosts file",
            file: """
                # comment
                127.0.0.1\tlocalhost  Loop.example # more
                192.0.2.1 a.example a.example. A.Example\r
                192.0.2.2#none.example
                192.0.2.3 b.example#c.example
                \t 192.0.2.4 \u{B} spaced.example \u{C}
                fe80::1%eth0 link.example
                2001:db8::1 a.example
                not-an-address d.example
                192.0.2.5
                192.0.2.6 ..e.example e..example .e.example e\\.example \(label)x.example ok.example
                192.0.2.7 \(label).example
                192.0.2.8 last.example
                """)
        let table = try AnswerTable(
            """
            A localhost. -> A 127.0.0.1
            A loop.example. -> A 127.0.0.1
            A a.example. -> A 192.0.2.1
            AAAA a.example. -> AAAA 2001:db8::1
            TXT a.example. -> NODATA bare
            A none.example. -> NXDOMAIN bare
            A b.example. -> A 192.0.2.3
            A c.example. -> NXDOMAIN bare
            A spaced.example. -> A 192.0.2.4
            AAAA link.example. -> AAAA fe80::1
            A d.example. -> NXDOMAIN bare
            A e.example. -> NXDOMAIN bare
            A ok.example. -> A 192.0.2.6
            A \(label).example. -> A 192.0.2.7
            A last.example. -> A 192.0.2.8
            PTR 1.2.0.192.in-addr.arpa. -> PTR a.example.
            PTR 1.0.0.127.in-addr.arpa. -> PTR localhost., PTR loop.example.
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
        // localhost, loop, a (three times), b, spaced, link, a, ok, the long label, last
        #expect(server.answerer.state.hosts[0].entryCount == 12)
    }

    /// The last line of a file that was read up to the bound may be cut, and does not count.
    @Test func tooLong() throws {
        let definition = try #require(try TestServer.configuration(". {\n hosts file\n}").hosts.first)
        let octets = Array("192.0.2.1 a.example\n192.0.2.1 b.example\n192.0.2.1 c.exam".utf8)
        for (bound, want) in [(octets.count, 3), (octets.count - 1, 2)] {
            var list = HostsList(definition)
            list.append(file: octets, octetCountMax: bound)
            #expect(HostsTable(list, definition: definition).entryCount == want)
        }
    }

    @Test func tooManyNames() throws {
        let definition = try #require(try TestServer.configuration(". {\n hosts file\n}").hosts.first)
        var list = HostsList(definition, nameCountMax: 3)
        list.append(file: Array("192.0.2.1 a b\n192.0.2.2 c d e\n192.0.2.3 f\n".utf8))
        #expect(list.passedOverCount == 3)
        #expect(HostsTable(list, definition: definition).entryCount == 3)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var hosts: String
        var name: String
        var type = RRType.a
        var want: String
        var testDescription: String { label }
    }

    private static let two = "192.0.2.1 a.one.example a.two.example\n192.0.2.2 b.two.example\n"

    /// The chain goes on with `forward`, which defers: silence here.
    @Test(arguments: [
        Row(label: "in a zone", hosts: "hosts file one.example", name: "a.one.example.", want: "A 192.0.2.1"),
        Row(label: "in no zone", hosts: "hosts file one.example", name: "a.two.example.", want: "silence"),
        Row(
            label: "in a zone, and not there", hosts: "hosts file one.example", name: "x.one.example.",
            want: "NXDOMAIN bare"),
        Row(
            label: "an address, whatever the zones", hosts: "hosts file one.example", name: "1.2.0.192.in-addr.arpa.",
            type: .ptr, want: "PTR a.one.example."),
        Row(
            label: "an address whose names lie elsewhere", hosts: "hosts file one.example",
            name: "2.2.0.192.in-addr.arpa.", type: .ptr, want: "silence"),
        Row(
            label: "an unknown address", hosts: "hosts file", name: "9.2.0.192.in-addr.arpa.", type: .ptr,
            want: "silence"),
        Row(
            label: "an address by another type", hosts: "hosts file one.example", name: "1.2.0.192.in-addr.arpa.",
            want: "silence"),
        Row(
            label: "no_reverse", hosts: "hosts file {\n no_reverse\n }", name: "1.2.0.192.in-addr.arpa.", type: .ptr,
            want: "silence"),
        Row(label: "fallthrough", hosts: "hosts file {\n fallthrough\n }", name: "x.one.example.", want: "silence"),
        Row(
            label: "fallthrough elsewhere", hosts: "hosts file {\n fallthrough two.example\n }", name: "x.one.example.",
            want: "NXDOMAIN bare"),
        Row(
            label: "another type", hosts: "hosts file {\n fallthrough\n }", name: "a.one.example.", type: .txt,
            want: "NODATA bare"),
        Row(
            label: "another type, passed on", hosts: "hosts file {\n fallthrough\n fallthrough_unsupported\n }",
            name: "a.one.example.", type: .txt, want: "silence"),
        Row(
            label: "the other family is no other type",
            hosts: "hosts file {\n fallthrough\n fallthrough_unsupported\n }", name: "a.one.example.", type: .aaaa,
            want: "NODATA bare"),
    ])
    func zones(_ row: Row) throws {
        let server = try Self.server(row.hosts + "\n forward . 192.0.2.53", file: Self.two)
        let query = QueryOctets(row.name, row.type)
        let octets = server.send(query.octets)
        #expect(try (octets.isEmpty ? "silence" : Reply(octets, to: query, over: .udp).summary) == row.want)
    }

    /// Many names of one address, and many addresses of one name: what no response could hold is left out.
    @Test func crowds() throws {
        let names = (0..<5000).map { "192.0.2.1 host-\($0).example" }
        let addresses = (0..<6000).map { "10.0.\($0 / 250).\($0 % 250) all.example" }
        let server = try Self.server("hosts file", file: (names + addresses + names).joined(separator: "\n"))
        let pointers = try server.ask("1.2.0.192.in-addr.arpa.", .ptr, over: .tcp).message
        #expect(pointers.answer.count > 1000 && Set(pointers.answer).count == pointers.answer.count)
        #expect(try server.ask("all.example.", .a, over: .tcp).message.answer.count > 4000)
        #expect(try server.ask("host-4999.example.", .a).summary == "A 192.0.2.1")
        #expect(try server.ask("all.example.", .a).message.flags.contains(.tc))
    }

    @Test func inlineNamesOutsideTheZonesAreWarnedOf() throws {
        let configuration = try TestServer.configuration("example {\n hosts {\n 192.0.2.1 a.example b.test\n }\n}")
        #expect(configuration.warnings.count == 1)
        #expect(configuration.warnings.allSatisfy { $0.message.contains("b.test.") })
    }
}
