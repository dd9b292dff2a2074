import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Search paths that are walked for the client (`autopath`).
struct AutopathTests {
    private static let registry = """
        namespace shop
        namespace other
        service web.shop 10.0.0.1 http:80
        service db.other 10.0.0.2 pg:5432
        external out.shop www.example.com
        external dead.shop printer.shop.svc.cluster.local
        """

    private static let environment = ConfigurationEnvironment(readFile: { path in
        switch path {
        case "/etc/resolv.conf":
            Array("nameserver 192.0.2.53\nsearch ns.svc.cluster.local corp.example . lab.example\n".utf8)
        case "etc/search.conf": Array("domain first.example\nsearch one.example two.example\n".utf8)
        default: nil
        }
    })

    private static func server(_ autopath: String = "autopath @kubernetes", _ more: String = "") throws -> TestServer {
        try TestServer(
            """
            . {
                \(autopath)
                kubernetes cluster.local in-addr.arpa {
                    manifests services
                    ttl 30
                }
                \(more)
                forward . 192.0.2.53
            }
            """, registry: registry, environment: environment)
    }

    private static let upstream = """
        www.example.com. 120 A 192.0.2.80
        www.example.com. 120 AAAA 2001:db8::80
        printer.corp.example. 60 A 192.0.2.9
        scanner.lab.example. 60 CNAME printer.corp.example.
        a.b.corp.example. 60 A 192.0.2.10
        web.two.example. 60 A 192.0.2.11
        """

    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var name: String
        var type = RRType.a
        var want: String
        var testDescription: String { label }
    }

    static let rows = [
        Row(label: "what exists is answered as it is", name: "web.shop.svc.cluster.local.", want: "A 10.0.0.1"),
        Row(label: "no data is an answer", name: "web.shop.svc.cluster.local.", type: .aaaa, want: "NODATA"),
        Row(
            label: "NAME.NAMESPACE", name: "db.other.shop.svc.cluster.local.",
            want: "CNAME db.other.svc, db.other.svc A 10.0.0.2"),
        Row(
            label: "NAME.NAMESPACE, the other type", name: "db.other.shop.svc.cluster.local.", type: .aaaa,
            want: "CNAME db.other.svc / SOA"),
        Row(
            label: "NAME.NAMESPACE.svc", name: "db.other.svc.shop.svc.cluster.local.",
            want: "CNAME db.other.svc, db.other.svc A 10.0.0.2"),
        Row(
            label: "a full name", name: "www.example.com.shop.svc.cluster.local.",
            want: "CNAME www.example.com., www.example.com. A 192.0.2.80"),
        Row(
            label: "in any case", name: "WWW.example.com.Shop.SVC.Cluster.local.", type: .aaaa,
            want: "CNAME www.example.com., www.example.com. AAAA 2001:db8::80"),
        Row(
            label: "the host's first domain", name: "printer.shop.svc.cluster.local.",
            want: "CNAME printer.corp.example., printer.corp.example. A 192.0.2.9"),
        Row(
            label: "the host's second domain, an alias itself", name: "scanner.shop.svc.cluster.local.",
            want: "CNAME scanner.lab.example., scanner.lab.example. CNAME printer.corp.example., "
                + "printer.corp.example. A 192.0.2.9"),
        Row(
            label: "several labels", name: "a.b.shop.svc.cluster.local.",
            want: "CNAME a.b.corp.example., a.b.corp.example. A 192.0.2.10"),
        Row(label: "what exists nowhere", name: "nothing.shop.svc.cluster.local.", want: "NXDOMAIN"),
        Row(
            label: "an ExternalName is followed", name: "out.shop.svc.cluster.local.",
            want: "CNAME www.example.com., www.example.com. A 192.0.2.80"),
        Row(
            label: "the target of an ExternalName is no name that a client completed",
            name: "dead.shop.svc.cluster.local.",
            want: "NXDOMAIN: CNAME printer.shop.svc / SOA"),
        Row(label: "no namespace", name: "www.example.com.svc.cluster.local.", want: "NXDOMAIN"),
        Row(label: "the second domain", name: "www.example.com.cluster.local.", want: "NXDOMAIN"),
        Row(label: "another type", name: "www.example.com.shop.svc.cluster.local.", type: .ptr, want: "NXDOMAIN"),
        Row(label: "a name elsewhere", name: "printer.", want: "NXDOMAIN"),
    ]

    @Test(arguments: rows) func walked(_ row: Row) throws {
        let server = try Self.server()
        let upstream = try UpstreamTable(Self.upstream)
        // The second time everything is in the cache, or found again.
        for _ in 0..<2 {
            let reply = try upstream.ask(server, row.name, row.type, edns: .init())
            #expect(reply.summary.replacing(" (no aa)", with: "") == row.want)
            #expect(reply.message.question.first?.split(separator: " ").first.map(String.init) == row.name)
        }
    }

    /// The CNAME lives as long as what it leads to; 5 s where that is nothing.
    @Test func ttl() throws {
        let upstream = try UpstreamTable(Self.upstream)
        let server = try Self.server()
        let answers = try upstream.ask(server, "www.example.com.shop.svc.cluster.local.", .a).message.answer
        #expect(answers[0] == "www.example.com.shop.svc.cluster.local. 120 IN CNAME www.example.com.")
        let cluster = try upstream.ask(server, "db.other.shop.svc.cluster.local.", .a).message.answer
        #expect(cluster[0] == "db.other.shop.svc.cluster.local. 30 IN CNAME db.other.svc.cluster.local.")
        let none = try upstream.ask(server, "db.other.shop.svc.cluster.local.", .aaaa).message.answer
        #expect(none == ["db.other.shop.svc.cluster.local. 5 IN CNAME db.other.svc.cluster.local."])
        #expect(server.answerer.statistics[0].count(of: .completed) >= 3)
    }

    @Test func aFile() throws {
        let server = try TestServer(
            ". {\n autopath one.example search.conf\n hosts {\n 192.0.2.1 here.one.example bare\n fallthrough\n }\n forward . 192.0.2.53\n}",
            environment: Self.environment)
        let upstream = try UpstreamTable(Self.upstream)
        let rows: [(String, String)] = [
            ("here.one.example.", "A 192.0.2.1"),
            ("web.one.example.", "CNAME web.two.example., web.two.example. A 192.0.2.11"),
            ("www.example.com.one.example.", "CNAME www.example.com., www.example.com. A 192.0.2.80"),
            ("bare.one.example.", "CNAME bare., bare. A 192.0.2.1"), ("nothing.one.example.", "NXDOMAIN"),
            ("one.example.", "NXDOMAIN"), ("web.first.example.", "NXDOMAIN"),
        ]
        for (name, want) in rows {
            let reply = try upstream.ask(server, name, .a)
            #expect(reply.summary.replacing(" (no aa)", with: "") == want, "\(name)")
        }
    }

    /// Names of other blocks are asked of them; one that nobody is responsible for is no answer.
    @Test func otherBlocks() throws {
        let server = try TestServer(
            """
            cluster.local {
                autopath @kubernetes
                kubernetes {
                    manifests services
                }
            }
            corp.example {
                hosts {
                    192.0.2.9 printer.corp.example
                }
            }
            """, registry: Self.registry, environment: Self.environment)
        #expect(
            try server.ask("printer.shop.svc", .a).summary
                == "CNAME printer.corp.example., printer.corp.example. A 192.0.2.9")
        #expect(try server.ask("www.example.com.shop.svc", .a).summary == "NXDOMAIN")
    }

    /// `acl` judges the names that are tried (CVE-2026-26017).
    @Test func judgedByACL() throws {
        let server = try Self.server("autopath @kubernetes", "acl db.other.svc.cluster.local {\n block\n }")
        let upstream = try UpstreamTable(Self.upstream)
        #expect(try upstream.ask(server, "db.other.shop.svc.cluster.local.", .a).summary == "NXDOMAIN")
        let silent = try Self.server("autopath @kubernetes", "acl db.other.svc.cluster.local {\n drop\n }")
        #expect(silent.send(QueryOctets("db.other.shop.svc.cluster.local", .a).octets) == [])
    }

    /// A name that would be over 255 octets is left out of the walk.
    @Test func longNames() throws {
        let label = String(repeating: "x", count: 55)
        let server = try Self.server()
        let upstream = try UpstreamTable("\(label).\(label).\(label).\(label). 60 A 192.0.2.1")
        let base = "\(label).\(label).\(label).\(label)"
        let reply = try upstream.ask(server, "\(base).shop.svc.cluster.local.", .a, edns: .init())
        #expect(reply.message.answer.last == "\(base). 60 IN A 192.0.2.1")
    }

    /// With `dns64` the walk is one for AAAA and one for A, to the same name.
    @Test func withDNS64() throws {
        let server = try Self.server("dns64\n autopath @kubernetes")
        server.client = "2001:db8::1"
        let upstream = try UpstreamTable(Self.upstream)
        let reply = try upstream.ask(server, "printer.shop.svc.cluster.local.", .aaaa)
        #expect(
            reply.summary.replacing(" (no aa)", with: "")
                == "CNAME printer.corp.example., printer.corp.example. AAAA 64:ff9b::c000:209")
    }
}
