import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// `any`, `chaos`, `local`, `minimal`, `header`, `nsid`.
struct SmallDirectiveTests {
    private static func chaos(_ server: TestServer, _ name: String, _ type: RRType = .txt) throws -> LDNSMessage {
        var query = QueryOctets(name, type)
        query.qclass = 3
        return try server.ask(query).message
    }

    /// As RFC 8482 §4.2 has it.
    @Test func anyGivesOneRecord() throws {
        let server = try TestServer(". {\n any\n hosts {\n 192.0.2.1 a.example\n }\n}")
        let reply = try server.ask("a.example.", .any)
        #expect(reply.message.answer == ["a.example. 3600 IN HINFO \"RFC8482\" \"\""])
        #expect(try server.ask("a.example.", .a).summary == "A 192.0.2.1")
    }

    struct ChaosRow: Sendable, CustomTestStringConvertible {
        var name: String
        var type = RRType.txt
        var want: String
        var testDescription: String { "\(name) \(type)" }
    }

    @Test(arguments: [
        ChaosRow(name: "version.bind", want: "version.bind. 0 CH TXT \"one\""),
        ChaosRow(name: "VERSION.server", want: "VERSION.server. 0 CH TXT \"one\""),
        ChaosRow(name: "authors.bind", want: "authors.bind. 0 CH TXT \"ann\", authors.bind. 0 CH TXT \"bob\""),
        ChaosRow(name: "hostname.bind", want: "hostname.bind. 0 CH TXT \"node-1\""),
        ChaosRow(name: "id.server", want: "id.server. 0 CH TXT \"node-1\""),
        ChaosRow(name: "id.server", type: .any, want: "id.server. 0 CH TXT \"node-1\""),
        ChaosRow(name: "version.bind", type: .a, want: ""),
        ChaosRow(name: "id.bind", want: "5"), ChaosRow(name: "a.version.bind", want: "5"),
        ChaosRow(name: "a.example", type: .a, want: "5"),
    ])
    func chaos(_ row: ChaosRow) throws {
        let server = try TestServer(
            ". {\n chaos one ann bob ann\n hosts {\n 192.0.2.1 a.example\n }\n}",
            environment: .init(hostName: "node-1"))
        let message = try Self.chaos(server, row.name, row.type)
        #expect((message.rcode == 0 ? message.answer.joined(separator: ", ") : "\(message.rcode)") == row.want)
        #expect(message.flags.contains(.aa) == (message.rcode == 0))
    }

    @Test func chaosByItself() throws {
        let server = try TestServer(
            "hostname.bind:5353 {\n chaos\n}\nversion.bind:5353 {\n chaos\n}",
            environment: .init(hostName: "node-1", program: "clusterdns-1"))
        #expect(try Self.chaos(server, "hostname.bind").answer == ["hostname.bind. 0 CH TXT \"node-1\""])
        #expect(try Self.chaos(server, "version.bind").answer == ["version.bind. 0 CH TXT \"clusterdns-1\""])
        #expect(try Self.chaos(server, "id.server").rcode == 5)
    }

    /// Without `chaos`, and in classes that nobody has, everything is refused.
    @Test func otherClasses() throws {
        let plain = try TestServer(". {\n hosts {\n 192.0.2.1 version.bind\n }\n}")
        #expect(try Self.chaos(plain, "version.bind").rcode == 5)
        let server = try TestServer(". {\n chaos\n hosts {\n 192.0.2.1 version.bind\n }\n}")
        #expect(try server.ask("version.bind.", .a).summary == "A 192.0.2.1")
        for qclass in [4, 254, 255] as [UInt16] {
            var query = QueryOctets("version.bind", .txt)
            query.qclass = qclass
            #expect(try server.ask(query).summary == "REFUSED", "class \(qclass)")
        }
    }

    @Test func local() throws {
        let server = try TestServer(". {\n local\n hosts {\n 192.0.2.1 a.example\n }\n}")
        let loopback6 = "1." + String(repeating: "0.", count: 31) + "ip6.arpa."
        let table = try AnswerTable(
            """
            A localhost. -> A 127.0.0.1
            AAAA LocalHost. -> AAAA ::1
            MX localhost. -> NODATA
            A x.y.localhost. -> A 127.0.0.1
            TXT x.localhost. -> NODATA
            AAAA localhost.example. -> AAAA ::1
            TXT localhost.example. -> NODATA
            A x.localhost.example. -> NXDOMAIN bare
            PTR 1.0.0.127.in-addr.arpa. -> PTR localhost.
            A 1.0.0.127.in-addr.arpa. -> NODATA
            PTR 2.0.0.127.in-addr.arpa. -> NXDOMAIN
            PTR 0.0.127.in-addr.arpa. -> NODATA
            PTR 127.in-addr.arpa. -> NODATA
            NS 127.in-addr.arpa. -> NS 127.in-addr.arpa.
            PTR 7.0.0.0.in-addr.arpa. -> NXDOMAIN
            PTR 255.255.255.255.in-addr.arpa. -> NXDOMAIN
            PTR \(loopback6) -> PTR localhost.
            PTR 0.\(loopback6) -> NXDOMAIN
            A a.example. -> A 192.0.2.1
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
        // Names below localhost and localhost in a zone: four.
        #expect(server.answerer.statistics[0].count(of: .localhost) == 4)
        #expect(
            try server.ask("x.localhost.", .txt).message.authority == [
                "localhost. 10800 IN SOA localhost. nobody.invalid. 1 3600 1200 604800 10800"
            ])
    }

    @Test func localWithoutPrefix() throws {
        let server = try TestServer(
            ". {\n local {\n localhost_prefix off\n }\n hosts {\n 192.0.2.1 localhost.example\n }\n}")
        #expect(try server.ask("localhost.example.", .a).summary == "A 192.0.2.1")
        #expect(try server.ask("x.localhost.", .a).summary == "A 127.0.0.1")
    }

    /// Glue goes, and what a denial needs stays.
    @Test func minimal() throws {
        let registry = "namespace shop\nservice web.shop 10.0.0.1 http:80"
        let full = try TestServer(registry: registry)
        let server = try TestServer(
            TestServer.cluster().replacing(". {\n", with: ". {\n minimal\n"), registry: registry)
        let name = "_http._tcp.web.shop.svc"
        #expect(try full.ask(name, .srv).message.additional.count == 1)
        #expect(try server.ask(name, .srv).summary == "SRV 0 100 80 web.shop.svc")
        #expect(try server.ask("nothing", .a).summary == "NXDOMAIN")
    }

    /// What is negative in the end keeps its SOA behind a CNAME too, or nobody may keep it (RFC 2308 §5).
    @Test(arguments: ["gone.shop.svc.cluster.local", "web.shop.svc.cluster.local"])
    func minimalBehindAlias(_ target: String) throws {
        let registry = "namespace shop\nservice web.shop 10.0.0.1 http:80\nexternal ext.shop \(target)"
        let server = try TestServer(
            TestServer.cluster().replacing(". {\n", with: ". {\n minimal\n"), registry: registry)
        let message = try server.ask("ext.shop.svc", .aaaa).message
        #expect(message.answer.count == 1)
        #expect(message.authority.count == 1 && message.authority[0].contains(" SOA "), "\(message.authority)")
    }

    @Test(
        arguments: [
            ("response set ra", [.qr, .aa, .rd, .ra]), ("response clear aa rd\n response set ra", [.qr, .ra]),
            ("response set ra\n response clear ra", [.qr, .aa, .rd]), ("set ra", [.qr, .aa, .rd, .ra]),
            ("query set rd", [.qr, .aa, .rd]),
        ] as [(String, Set<LDNSMessage.Flag>)])
    func header(_ lines: String, _ want: Set<LDNSMessage.Flag>) throws {
        let server = try TestServer(". {\n header {\n \(lines)\n }\n hosts {\n 192.0.2.1 a.example\n }\n}")
        #expect(try server.ask("a.example.", .a).message.flags == want)
    }

    /// RFC 5001: option 3, to those who ask.
    @Test(arguments: [
        ("nsid", "node-1"), ("nsid Use The Force", "Use The Force"), ("nsid 0x4142", "AB"), ("nsid 0x414", "0x414"),
    ])
    func nsid(_ directive: String, _ want: String) throws {
        let server = try TestServer(
            ". {\n \(directive)\n hosts {\n 192.0.2.1 a.example\n }\n}", environment: .init(hostName: "node-1"))
        let asking = try server.ask("a.example.", .a, edns: .init(options: [(3, [])]))
        #expect(asking.message.edns?.options == [0, 3] + big(UInt16(want.utf8.count)) + Array(want.utf8))
        #expect(asking.summary == "A 192.0.2.1")
        #expect(try server.ask("a.example.", .a, edns: .init()).message.edns?.options == [])
    }

    /// All of them leave addresses to turn.
    @Test func togetherWithLoadbalance() throws {
        let server = try TestServer(
            ". {\n nsid\n loadbalance\n hosts {\n 192.0.2.1 a.example\n 192.0.2.2 a.example\n }\n}")
        let firsts = try (0..<4).map { _ in try server.ask("a.example.", .a).message.answer[0] }
        #expect(Set(firsts).count == 2)
    }
}
