import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Rules 10-13, 15 and 17: the apex, TTLs, what exists without data, and what filters leave.
struct ApexTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    private static let soa = "SOA ns.dns hostmaster 7 7200 1800 86400 5"

    static let rows = [
        ZoneCase(
            label: "apex and fixed names", registry: "", addresses: ["192.0.2.53", "2001:db8::53"],
            answers: """
                SOA @ -> \(soa)
                NS @ -> NS ns.dns + ns.dns A 192.0.2.53, ns.dns AAAA 2001:db8::53
                A @ -> NODATA
                TXT @ -> NODATA
                A ns.dns -> A 192.0.2.53
                AAAA ns.dns -> AAAA 2001:db8::53
                A dns -> NODATA
                A svc -> NODATA
                TXT svc -> NODATA
                A pod -> NODATA
                A shop.svc -> NODATA
                SRV shop.svc -> NODATA
                A ghost.svc -> NXDOMAIN
                A nothing -> NXDOMAIN
                SOA svc -> NODATA
                TXT dns-version -> TXT "1.1.0"
                A dns-version -> NODATA
                SOA in-addr.arpa. -> \(soa)
                SOA ip6.arpa. -> \(soa)
                NS in-addr.arpa. -> NS ns.dns + ns.dns A 192.0.2.53, ns.dns AAAA 2001:db8::53
                ANY @ -> \(soa), NS ns.dns + ns.dns A 192.0.2.53, ns.dns AAAA 2001:db8::53
                """),
        ZoneCase(
            label: "without an address of its own", registry: "",
            answers: """
                NS @ -> NS ns.dns
                A ns.dns -> NODATA
                """),
        ZoneCase(
            label: "NS are the Services that lead to this server",
            registry: """
                service dns.shop 10.0.0.10 dns:53/udp
                slice dns.shop dns:53/udp 10.244.0.53
                service other.shop 10.0.0.11 dns:53/udp
                slice other.shop dns:53/udp 10.244.0.54
                headless dns.lab dns:53/udp
                slice dns.lab dns:53/udp 10.244.0.53 10.244.0.55
                """,
            addresses: ["10.244.0.53"],
            answers: """
                NS @ -> NS dns.lab.svc, NS dns.shop.svc + dns.lab.svc A 10.244.0.53, dns.lab.svc A 10.244.0.55, dns.shop.svc A 10.0.0.10
                NS ip6.arpa. -> NS dns.lab.svc, NS dns.shop.svc + dns.lab.svc A 10.244.0.53, dns.lab.svc A 10.244.0.55, dns.shop.svc A 10.0.0.10
                A ns.dns -> A 10.244.0.53
                """),
        ZoneCase(
            label: "namespaces", options: "namespaces shop",
            registry: """
                service web.shop 10.0.0.1 http:80
                service web.lab 10.0.0.2 http:80
                """,
            answers: """
                A web.shop.svc -> A 10.0.0.1
                A web.lab.svc -> NXDOMAIN
                A lab.svc -> NXDOMAIN
                PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
                PTR 2.0.0.10.in-addr.arpa. -> NXDOMAIN
                """),
        ZoneCase(
            label: "namespace_labels", options: "namespace_labels team=a\npods insecure",
            registry: """
                service web.shop 10.0.0.1 http:80
                service web.lab 10.0.0.2 http:80
                """,
            answers: """
                A web.shop.svc -> A 10.0.0.1
                A web.lab.svc -> NXDOMAIN
                A 10-0-0-1.shop.pod -> A 10.0.0.1
                A 10-0-0-1.lab.pod -> NXDOMAIN
                PTR 2.0.0.10.in-addr.arpa. -> NXDOMAIN
                """),
        ZoneCase(
            label: "labels", options: "labels expose=yes",
            registry: """
                service web.shop 10.0.0.1 http:80 expose=yes
                service api.shop 10.0.0.2 http:80 expose=no
                """,
            answers: """
                A web.shop.svc -> A 10.0.0.1
                A api.shop.svc -> NXDOMAIN
                PTR 2.0.0.10.in-addr.arpa. -> NXDOMAIN
                """),
    ]

    struct TTLRow: Sendable {
        var option: String
        var address: Int
        var negative: Int
    }

    /// Rule 11: the SOA's own TTL is at most 300; rule 12: 5 unless told.
    @Test(arguments: [
        TTLRow(option: "", address: 5, negative: 5), TTLRow(option: "ttl 0", address: 0, negative: 0),
        TTLRow(option: "ttl 30", address: 30, negative: 30), TTLRow(option: "ttl 3600", address: 3600, negative: 300),
    ])
    func ttl(_ row: TTLRow) throws {
        let server = try zone("service web.shop 10.0.0.1 http:80", "pods insecure\n" + row.option)
        let name = "web.shop.svc.cluster.local."
        #expect(try server.ask("web.shop.svc", .a).message.answer == ["\(name) \(row.address) IN A 10.0.0.1"])
        let srv = try server.ask("_http._tcp.web.shop.svc", .srv).message
        #expect(srv.answer == ["_http._tcp.\(name) \(row.address) IN SRV 0 100 80 \(name)"])
        #expect(srv.additional == ["\(name) \(row.address) IN A 10.0.0.1"])
        let pod = try server.ask("1-2-3-4.shop.pod", .a).message.answer
        #expect(pod == ["1-2-3-4.shop.pod.cluster.local. \(row.address) IN A 1.2.3.4"])
        let soa =
            "cluster.local. \(row.negative) IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 7 7200 1800 86400 \(row.address)"
        #expect(try server.ask("nothing", .a).message.authority == [soa])
        #expect(try server.ask("@", .soa).message.answer == [soa])
        let version = try server.ask("dns-version", .txt).message.answer
        #expect(version == ["dns-version.cluster.local. 28800 IN TXT \"1.1.0\""])
    }

    /// Rule 24: before the registry is complete nothing can be denied.
    @Test func unknownIsNotMissing() throws {
        let server = try TestServer(registry: "", isComplete: false)
        let answers = try AnswerTable(
            """
            A web.shop.svc -> SERVFAIL
            PTR 1.0.0.10.in-addr.arpa. -> SERVFAIL
            TXT dns-version -> TXT "1.1.0"
            SOA @ -> SOA ns.dns hostmaster 7 7200 1800 86400 5
            """)
        #expect(answers.differences(server) == [])
    }
}
