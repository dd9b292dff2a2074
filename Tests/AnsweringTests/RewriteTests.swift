import Answering
import Corefile
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// `rewrite`: what is asked instead, and what the client sees of it; semantics are those of CoreDNS' plugin.
struct RewriteTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rules: String
        /// `TYPE name -> summary`, one to a line.
        var table: String
        var testDescription: String { rules }

        init(_ rules: String, _ table: String) { (self.rules, self.table) = (rules, table) }
    }

    /// Hosts below example.com and example.net, a registry, and the rules in front of them.
    static func server(_ rules: String) throws -> TestServer {
        let corefile = """
            . {
                \(rules)
                hosts {
                    192.0.2.1 www.example.com ftp.service.consul
                    192.0.2.2 other.example.com
                    192.0.2.3 www.example.net
                    192.0.2.4 a.b.c.d.example.com
                    fallthrough
                }
                kubernetes cluster.local in-addr.arpa {
                    manifests services
                }
            }
            """
        let registry = """
            namespace shop
            service web.shop 10.0.0.1 http:80
            headless db.shop pg:5432
            slice db.shop/a pg:5432 10.244.0.1 host=db-0 10.244.0.2 host=db-1
            external ext.shop www.example.com
            external far.shop www.example.invalid
            external sub.shop sub.ext.shop.svc.cluster.local
            """
        return try TestServer(corefile, registry: registry)
    }

    static let rows = [
        Row(
            "rewrite name red.example.org WWW.example.com",
            """
            A red.example.org. -> A 192.0.2.1
            A RED.example.ORG. -> A 192.0.2.1
            AAAA red.example.org. -> NODATA bare
            A x.red.example.org. -> REFUSED
            A www.example.com. -> A 192.0.2.1
            """),
        Row("rewrite stop name exact red.example.org. nothing.example.org.", "A red.example.org. -> REFUSED"),
        // A kind's FROM and TO end in a dot, written or not.
        Row(
            "rewrite name prefix foo www",
            "A foo.example.com. -> A 192.0.2.1\nA foobar.example.com. -> REFUSED\nA foo.example.net. -> A 192.0.2.3"),
        Row("rewrite name suffix .org .net", "A www.example.org. -> A 192.0.2.3\nA org. -> REFUSED"),
        Row("rewrite name suffix . .example.com.", "A www. -> A 192.0.2.1\nA other. -> A 192.0.2.2"),
        Row("rewrite name suffix red.test w.example.com", "A wwred.test. -> A 192.0.2.1"),
        Row(
            "rewrite name substring service.us-west-1.example.org service.consul",
            "A ftp.service.us-west-1.example.org. -> A 192.0.2.1"),
        Row("rewrite name substring x. b.", "A a.x.c.d.example.com. -> A 192.0.2.4\nA a.x.x.example.com. -> REFUSED"),
        Row(
            #"rewrite name regex (.*)-(us-west-1)\.example\.org {1}.service.consul"#,
            "A ftp-us-west-1.example.org. -> A 192.0.2.1\nA FTP-US-west-1.example.org. -> A 192.0.2.1"),
        Row(
            #"rewrite name regex ^([a-z]+)\.([a-z]+)\.test\.$ {2}.{1}.com"#, "A example.www.test. -> A 192.0.2.1"),
        Row("rewrite type ANY A", "ANY www.example.com. -> A 192.0.2.1"),
        Row("rewrite type A AAAA", "A www.example.com. -> NODATA bare"),
        // Several lines: up to the first that matches and does not say `continue`.
        Row(
            "rewrite name red.test blue.test\nrewrite name blue.test www.example.com",
            "A red.test. -> REFUSED\nA blue.test. -> A 192.0.2.1"),
        Row(
            "rewrite continue name red.test blue.test\nrewrite name blue.test www.example.com",
            "A red.test. -> A 192.0.2.1"),
        Row(
            "rewrite continue type ANY A\nrewrite stop name suffix .test .com\nrewrite name www.example.com other.example.com",
            "ANY www.example.test. -> A 192.0.2.1\nA www.example.com. -> A 192.0.2.2"),
        // What becomes no name.
        Row(#"rewrite name regex ^(.*)\.test\.$ {1}..example.com"#, "A www.test. -> SERVFAIL"),
        Row(
            "rewrite name suffix .test .\(String(repeating: "a", count: 63)).\(String(repeating: "b", count: 63)).",
            "A \(String(repeating: "c", count: 63)).\(String(repeating: "d", count: 63)).test. -> SERVFAIL"),
        // Names in the answer.
        Row(
            "rewrite name db.example.org db.shop.svc.cluster.local",
            """
            A db.example.org. -> A 10.244.0.1, A 10.244.0.2
            SRV db.example.org. -> \
            SRV 0 50 5432 db-0.db.example.org., SRV 0 50 5432 db-1.db.example.org. \
            + db-0.db.example.org. A 10.244.0.1, db-1.db.example.org. A 10.244.0.2
            """),
        Row(
            "rewrite name suffix .example.org .shop.svc.cluster.local",
            """
            A db.example.org. -> A 10.244.0.1, A 10.244.0.2
            SRV db.example.org. -> \
            SRV 0 50 5432 db-0.db.shop.svc, SRV 0 50 5432 db-1.db.shop.svc \
            + db-0.db.shop.svc A 10.244.0.1, db-1.db.shop.svc A 10.244.0.2
            """),
        Row(
            "rewrite name suffix .example.org .shop.svc.cluster.local answer auto",
            """
            SRV db.example.org. -> \
            SRV 0 50 5432 db-0.db.example.org., SRV 0 50 5432 db-1.db.example.org. \
            + db-0.db.example.org. A 10.244.0.1, db-1.db.example.org. A 10.244.0.2
            """),
        Row(
            #"rewrite name regex ^(\w+)\.example\.org\.$ {1}.shop.svc.cluster.local answer auto"#,
            """
            SRV db.example.org. -> \
            SRV 0 50 5432 db-0.db.example.org., SRV 0 50 5432 db-1.db.example.org. \
            + db-0.db.example.org. A 10.244.0.1, db-1.db.example.org. A 10.244.0.2
            """),
        Row(
            """
            rewrite stop {
                name suffix .example.org .shop.svc.cluster.local
                answer name (.*)\\.shop\\.svc\\.cluster\\.local {1}.red.test
                answer value (.*)\\.shop\\.svc\\.cluster\\.local {1}.blue.test
            }
            """,
            """
            SRV db.example.org. -> \
            db.red.test. SRV 0 50 5432 db-0.db.blue.test., db.red.test. SRV 0 50 5432 db-1.db.blue.test. \
            + db-0.db.red.test. A 10.244.0.1, db-1.db.red.test. A 10.244.0.2
            """),
        Row(
            #"rewrite name suffix .arpa .arpa answer value (.*)\.shop\.svc\.cluster\.local\. {1}.example.org."#,
            "PTR 1.0.0.10.in-addr.arpa. -> PTR web.example.org."),
        Row(
            #"rewrite stop { \#n name suffix .arpa .arpa \#n answer name auto \#n answer value (.*)\.shop\..* {1}.test. \#n }"#,
            "PTR 1.0.0.10.in-addr.arpa. -> PTR web.test."),
        // Without a rule for owners, those of the name that was asked for come back all the same.
        Row(
            #"rewrite name suffix .red.test .shop.svc.cluster.local answer value (.*)\.shop\..* {1}.test."#,
            "SRV web.red.test. -> SRV 0 100 80 web.test. + A 10.0.0.1"),
        // The way back through two lines.
        Row(
            "rewrite continue name suffix .red.test .blue.test answer auto\n"
                + "rewrite name suffix .blue.test .shop.svc.cluster.local answer auto",
            """
            SRV web.red.test. -> SRV 0 100 80 web.red.test. + A 10.0.0.1
            """),
        // Targets of CNAMEs.
        Row(
            "rewrite cname www.example.com. other.example.com.",
            """
            A ext.shop.svc -> CNAME other.example.com., other.example.com. A 192.0.2.2
            CNAME ext.shop.svc -> CNAME other.example.com.
            A www.example.com. -> A 192.0.2.1
            """),
        Row(
            #"rewrite cname regex ^(.*)\.example\.(?:com|invalid)\.$ {1}.example.net"#,
            """
            A ext.shop.svc -> CNAME www.example.net., www.example.net. A 192.0.2.3
            A far.shop.svc -> CNAME www.example.net., www.example.net. A 192.0.2.3
            """),
        Row(
            "rewrite cname suffix .com .invalid",
            "A ext.shop.svc -> CNAME www.example.invalid."),
        // Response codes.
        Row(
            "rewrite rcode suffix .test REFUSED NXDOMAIN",
            "A red.test. -> NXDOMAIN bare (no aa)\nA red.example. -> REFUSED"),
        Row("rewrite rcode red.test 5 0", "A red.test. -> NODATA bare (no aa)"),
        Row("rewrite rcode regex .* NXDOMAIN NOERROR", "A none.shop.svc -> NODATA"),
    ]

    @Test(arguments: rows) func answers(_ row: Row) throws {
        let differences = try AnswerTable(row.table).differences(Self.server(row.rules))
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    struct TTL: Sendable, CustomTestStringConvertible {
        var range: String
        var want: [Int]
        var testDescription: String { range }
    }

    /// Hosts have a TTL of 3600, the registry one of 5.
    @Test(arguments: [
        TTL(range: "30", want: [30, 30]), TTL(range: "30-300", want: [300, 30]), TTL(range: "-30", want: [30, 5]),
        TTL(range: "30-", want: [3600, 30]), TTL(range: "0", want: [0, 0]),
    ]) func ttl(_ row: TTL) throws {
        let server = try Self.server("rewrite ttl suffix . \(row.range)")
        let found = try ["www.example.com.", "web.shop.svc"].map { name in
            try server.ask(name, .a).message.answer[0].split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
        #expect(found == row.want)
    }

    /// Lines are undone from the last to the first, so that the first has the last word.
    @Test func severalTTLLines() throws {
        let server = try Self.server("rewrite continue ttl suffix . 10-20\nrewrite continue ttl regex .* 100")
        #expect(try server.ask("www.example.com.", .a).message.answer[0].contains(" 20 "))
    }

    @Test func aClassIsChangedBeforeItIsRefused() throws {
        var query = QueryOctets("www.example.com", .a)
        query.qclass = 3
        #expect(try Self.server("rewrite name a.test b.test").ask(query).rcode == "REFUSED")
        let server = try Self.server("rewrite class CH IN")
        #expect(try server.ask(query).message.answer.count == 1)
        query.qclass = 4
        #expect(try server.ask(query).rcode == "REFUSED")
        let stopped = try Self.server("rewrite name www.example.com other.example.com\nrewrite class CH IN")
        query.qclass = 3
        #expect(try stopped.ask(query).rcode == "REFUSED")
        let awayFromIN = try Self.server("rewrite class IN CH")
        #expect(try awayFromIN.ask("www.example.com.", .a).rcode == "REFUSED")
    }

    /// A dot inside a label is none between labels (RFC 1035 §5.1).
    @Test func octetsAreNoText() throws {
        let server = try Self.server("rewrite name suffix .b.test .example.com")
        let dotted = QueryOctets(labels: ["www.b", "test"].map { Array($0.utf8) }, .a)
        #expect(try server.ask(dotted).rcode == "REFUSED")
        let pattern = try Self.server(#"rewrite name regex ^www\\\.b\.test\.$ www.example.com"#)
        #expect(try pattern.ask(dotted).message.answer.count == 1)
    }

    /// The answer fits only where its names are compressed, and then it is whole.
    @Test func namesAreCompressedWhereTheyMustBe() throws {
        let server = try TestServer(
            ". {\n rewrite name db.example.org db.shop.svc.cluster.local\n kubernetes cluster.local {\n manifests services\n }\n}",
            registry: "namespace shop\nheadless db.shop pg:5432\nslice db.shop/a pg:5432 "
                + (1...6).map { "10.244.0.\($0) host=db-\($0)" }.joined(separator: " "))
        let reply = try server.ask("db.example.org.", .a)
        #expect(reply.message.answer.count == 6)
        let services = try server.ask("db.example.org.", .srv)
        #expect(services.message.answer.count == 6 && services.message.additional.count == 6)
        #expect(services.octets.count <= 512 && !services.message.flags.contains(.tc))
    }

    /// A query that waits for an upstream waits for the name that rewrite made.
    @Test func whatIsDeferredIsTheNewName() throws {
        let server = try TestServer(". {\n rewrite name red.test www.example.com\n forward . 192.0.2.53\n}")
        #expect(server.send(QueryOctets("red.test", .a).octets).isEmpty)
        #expect(server.answerer.outcome.deferred == 0 && server.answerer.needed?.text == "www.example.com.")
    }

    /// Where as many wait as may, nothing is made ready for one more; a resolver lane asks all the same.
    @Test func whatMayNotWaitIsTurnedAway() throws {
        let server = try TestServer(". {\n forward . 192.0.2.53\n}")
        let patience = server.answerer.state.forwards[0].patience
        for turnsAway in [false, true] {
            server.answerer.turnsAway = turnsAway
            for isFull in [false, true] {
                if isFull { while patience.begin(at: 1) {} }
                #expect(server.send(QueryOctets("a\(turnsAway)\(isFull).test", .a).octets).isEmpty)
                let outcome = server.answerer.outcome
                #expect(outcome.deferred == 0 && outcome.isTurnedAway == (isFull && turnsAway))
                let last = outcome.isTurnedAway ? "atruefalse.test." : "a\(turnsAway)\(isFull).test."
                #expect(server.answerer.needed?.text == last)
            }
            for _ in 0..<UpstreamPatience.silentCountMax { patience.end() }
        }
    }
}
