import Answering
import Corefile
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// `template`: answers made from the question; the cases are those of CoreDNS' documentation, and its semantics.
struct TemplateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var corefile: String
        /// `TYPE name -> summary`, one to a line.
        var table: String
        var testDescription: String { corefile }

        init(_ corefile: String, _ table: String) { (self.corefile, self.table) = (corefile, table) }
    }

    /// Directives of a block for the root, in front of some hosts.
    static func server(_ directives: String) throws -> TestServer {
        try TestServer(
            ". {\n\(directives)\n hosts {\n 192.0.2.80 www.example.com\n 192.0.2.81 www.example\n fallthrough\n }\n}")
    }

    private static let ip = #"(^|[.])ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$"#

    static let rows = [
        Row("template ANY ANY {\n rcode NXDOMAIN\n}", "A a.example. -> NXDOMAIN bare\nTXT . -> NXDOMAIN bare"),
        Row(
            "template IN SOA engineering.test {\n answer \"{{ .Zone }} 3600 IN SOA ns1.{{ .Zone }} admin.{{ .Zone }} (1 60 120 86400 3600)\"\n}",
            """
            SOA engineering.test. -> SOA ns1.engineering.test. admin.engineering.test. 1 60 120 86400 3600
            NS engineering.test. -> REFUSED
            SOA other.test. -> REFUSED
            """),
        Row(
            """
            template IN A example {
                match \(ip)
                answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
                fallthrough
            }
            template IN PTR in-addr.arpa {
                match ^(?P<d>[0-9]*)[.](?P<c>[0-9]*)[.](?P<b>[0-9]*)[.](?P<a>[0-9]*)[.]in-addr[.]arpa[.]$
                answer "{{ .Name }} 60 IN PTR ip-{{ .Group.a }}-{{ .Group.b }}-{{ .Group.c }}-{{ .Group.d }}.example."
            }
            """,
            """
            A ip-10-95-12-8.example. -> A 10.95.12.8
            A IP-10-95-12-8.Example. -> A 10.95.12.8
            A x.ip-10-95-12-8.example. -> A 10.95.12.8
            AAAA ip-10-95-12-8.example. -> REFUSED
            A www.example. -> A 192.0.2.81
            PTR 8.12.95.10.in-addr.arpa. -> PTR ip-10-95-12-8.example.
            PTR x.in-addr.arpa. -> SERVFAIL
            A ip-10-95-12-333.example. -> SERVFAIL
            """),
        Row(
            """
            template IN A example {
                match "^ip0a(?P<b>[a-f0-9]{2})(?P<c>[a-f0-9]{2})(?P<d>[a-f0-9]{2})[.]example[.]$"
                answer "{{ .Name }} 60 IN A 10.{{ parseInt .Group.b 16 8 }}.{{ parseInt .Group.c 16 8 }}.{{ parseInt .Group.d 16 8 }}"
            }
            """,
            "A ip0a5f0c09.example. -> A 10.95.12.9"),
        // Several patterns: the first that matches.
        Row(
            """
            template IN A example {
                match ^ip-(?P<a>10)-(?P<b>[0-9]*)[.]dc[.]example[.]$ ^(?P<b>[0-9]*)[.](?P<a>[0-9]*)[.]ext[.]example[.]$
                answer "{{ .Name }} 60 IN A {{ .Group.a}}.{{ .Group.b }}.0.1"
            }
            """,
            "A ip-10-2.dc.example. -> A 10.2.0.1\nA 3.4.ext.example. -> A 4.3.0.1"),
        Row(
            """
            template IN MX example {
                match ^ip-10-(?P<b>[0-9]*)[.]example[.]$
                answer "{{ .Name }} 60 IN MX 10 {{ .Name }}"
                additional "{{ .Name }} 60 IN A 10.{{ .Group.b }}.0.1"
                authority  "example. 60 IN SOA ns0.example. a.example. (1 2 3 4 5)"
                fallthrough
            }
            """,
            "MX ip-10-2.example. -> MX 10 ip-10-2.example. / SOA + A 10.2.0.1"),
        Row(
            """
            template IN ANY example.com.dc1.example.com {
                rcode NXDOMAIN
                authority "{{ .Zone }} 60 IN SOA ns.example.com hostmaster.example.com (1 60 60 60 60)"
            }
            """,
            "A a.example.com.dc1.example.com. -> NXDOMAIN\nA www.example.com. -> A 192.0.2.80"),
        Row(
            """
            template IN ANY example.com {
                match "example\\.com\\.(dc1\\.example\\.com\\.)$"
                rcode NXDOMAIN
                authority "{{ index .Match 1 }} 60 IN SOA ns.{{ index .Match 1 }} hostmaster.{{ index .Match 1 }} (1 60 60 60 60)"
                fallthrough
            }
            """,
            "A www.example.com.dc1.example.com. -> NXDOMAIN\nA www.example.com. -> A 192.0.2.80"),
        // A CNAME is followed by the whole server.
        Row(
            "template IN ANY foogle.test {\n match \"^foogle\\.test\\.$\"\n answer \"foogle.test 60 IN CNAME www.example.com\"\n}",
            """
            A foogle.test. -> CNAME www.example.com., www.example.com. A 192.0.2.80
            AAAA foogle.test. -> CNAME www.example.com.
            CNAME foogle.test. -> CNAME www.example.com.
            A x.foogle.test. -> SERVFAIL
            """),
        Row(
            "template IN A loop.test {\n answer \"{{ .Name }} 60 IN CNAME {{ .Name }}\"\n}",
            "A loop.test. -> CNAME loop.test."),
        // The client's address, the type asked for, several records, other owners.
        Row("template IN A {\n answer \"{{ .Name }} 60 IN A {{ .Remote }}\"\n}", "A a.test. -> A 192.0.2.1"),
        Row(
            "template IN ANY {\n answer \"{{ .Name }} 0 IN TXT \\\"{{ .Type }} {{ .Class }} {{ .Question.Qtype }}\\\"\"\n}",
            "TXT a.test. -> TXT \"TXT IN 16\"\nMX a.test. -> TXT \"MX IN 15\""),
        Row(
            "template ANY A a.test {\n answer \"{{ .Name }} A 192.0.2.7\" \"{{ .Name }} A 192.0.2.8\"\n}",
            "A x.a.test. -> A 192.0.2.7, A 192.0.2.8\nANY x.a.test. -> A 192.0.2.7, A 192.0.2.8"),
        // The longest zone is `.Zone`.
        Row(
            "template IN NS test b.test {\n answer \"{{ .Name }} IN NS ns.{{ .Zone }}\"\n}",
            "NS a.b.test. -> NS ns.b.test.\nNS a.test. -> NS ns.test."),
        Row(
            "template IN AAAA {\n rcode NOERROR\n}",
            "AAAA www.example.com. -> NODATA bare\nA www.example.com. -> A 192.0.2.80"),
        Row("template IN A {\n rcode SERVFAIL\n}", "A a.test. -> SERVFAIL"),
        // One after the other.
        Row(
            """
            template IN A {
                match ^a[.]
                answer "{{ .Name }} 60 IN A 192.0.2.7"
                fallthrough test
            }
            template IN A {
                match ^b[.]
                answer "{{ .Name }} 60 IN A 192.0.2.8"
            }
            """,
            "A a.test. -> A 192.0.2.7\nA b.test. -> A 192.0.2.8\nA c.test. -> SERVFAIL\nA b.other. -> SERVFAIL"),
        // In front of it, a name may be rewritten; the answer is for the one that was asked for.
        Row(
            "rewrite name suffix .red.test .blue.test\ntemplate IN A blue.test {\n answer \"{{ .Name }} 60 IN A 192.0.2.7\"\n}",
            "A a.red.test. -> A 192.0.2.7"),
    ]

    @Test(arguments: rows) func answers(_ row: Row) throws {
        let differences = try AnswerTable(row.table).differences(Self.server(row.corefile))
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test func theReasonIsTold() throws {
        let server = try Self.server(
            "template ANY ANY invalid {\n rcode NXDOMAIN\n ederror 21 \"Blocked by RFC 2606\"\n}")
        let reply = try server.ask("a.invalid.", .a, edns: .init())
        let reason = Array("Blocked by RFC 2606".utf8)
        #expect(reply.rcode == "NXDOMAIN")
        #expect(reply.message.edns?.options == [0, 15, 0, UInt8(reason.count + 2), 0, 21] + reason)
        #expect(try server.ask("a.invalid.", .a).summary == "NXDOMAIN bare")
    }

    /// Octets that text cannot hold stay what they are: escapes are read again as they were written.
    @Test func octetsAreKept() throws {
        let server = try Self.server("template IN A {\n answer \"{{ .Name }} 60 IN A 192.0.2.7\"\n}")
        for label: [UInt8] in [[0x20], [0], [0xFF], Array("a.b".utf8), Array("\"(;)\\@$".utf8)] {
            let reply = try server.ask(QueryOctets(labels: [label, Array("test".utf8)], .a))
            #expect(reply.message.answer.count == 1)
            // The owner is a pointer to the question.
            #expect(reply.octets[(12 + label.count + 1 + 6 + 4)...].starts(with: [0xC0, 12]))
        }
    }

    @Test func whatMatchedIsCounted() throws {
        let server = try Self.server(
            """
            template IN ANY example test {
                match ^(?P<a>[0-9]+)[.]
                answer "{{ .Name }} 60 IN A 192.0.2.{{ .Group.a }}"
                additional "{{ .Name }} 60 IN A 192.0.2.{{ parseInt .Group.a 10 5 }}"
            }
            """)
        for name in ["1.test.", "2.test.", "31.example.", "32.test.", "256.test.", "x.test."] {
            _ = try server.ask(name, .a)
        }
        _ = try server.ask("1.test.", RRType(rawValue: 65_280))
        let plugin = try #require(server.configuration.blocks[0].plugins.first as? TemplatePlugin)
        let matches = plugin.counts.matches.map { "\($0.zone) \($0.type) \($0.count)" }
        #expect(Set(matches) == ["test. A 4", "example. A 1", "test. other 1"])
        let failures = plugin.counts.failures.map { "\($0.section) \($0.zone) \($0.type) \($0.isTemplate) \($0.count)" }
        #expect(Set(failures) == ["answer test. A false 1", "additional test. A true 1"])
    }

    /// More than a client takes by UDP: whole records, and TC.
    @Test func whatDoesNotFitIsCut() throws {
        let text = String(repeating: "x", count: 200)
        let answers = (1...4).map { " answer \"{{ .Name }} 60 IN TXT \(text)\($0)\"\n" }.joined()
        let server = try Self.server("template IN TXT {\n\(answers)}")
        let reply = try server.ask("a.test.", .txt)
        #expect(reply.message.flags.contains(.tc) && reply.message.answer.count == 2)
        #expect(try server.ask("a.test.", .txt, over: .tcp).message.answer.count == 4)
    }
}
