import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// Rule 7: SRV records and the names they are found under.
struct PortNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    private static let dns = "service dns.shop 10.0.0.1 dns:53/udp dns-tcp:53/tcp metrics:9153"

    static let rows = [
        ZoneCase(
            label: "a name for each port and protocol", registry: dns,
            answers: """
                SRV _dns._udp.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV _dns-tcp._tcp.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV _DNS._UDP.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV _dns._tcp.dns.shop.svc -> NXDOMAIN
                SRV _dns._sctp.dns.shop.svc -> NXDOMAIN
                SRV _http._tcp.dns.shop.svc -> NXDOMAIN
                A _dns._udp.dns.shop.svc -> A 10.0.0.1
                AAAA _dns._udp.dns.shop.svc -> NODATA
                TXT _dns._udp.dns.shop.svc -> NODATA
                """),
        ZoneCase(
            label: "underscores may be left out", registry: dns,
            answers: """
                SRV dns.udp.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV _dns.udp.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV dns._udp.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                A dns.udp.dns.shop.svc -> A 10.0.0.1
                TXT dns.udp.dns.shop.svc -> NODATA
                SRV http.tcp.dns.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "an underscore matches any", registry: dns,
            answers: """
                SRV _dns._.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV dns._.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV _._tcp.dns.shop.svc -> SRV 0 50 53 dns.shop.svc, SRV 0 50 9153 dns.shop.svc + dns.shop.svc A 10.0.0.1
                SRV _.tcp.dns.shop.svc -> SRV 0 50 53 dns.shop.svc, SRV 0 50 9153 dns.shop.svc + dns.shop.svc A 10.0.0.1
                A _._tcp.dns.shop.svc -> A 10.0.0.1
                A _._.dns.shop.svc -> A 10.0.0.1
                TXT _._.dns.shop.svc -> NODATA
                SRV _._sctp.dns.shop.svc -> NXDOMAIN
                SRV _http._.dns.shop.svc -> NXDOMAIN
                SRV _._.other.shop.svc -> NXDOMAIN
                ANY _dns._.dns.shop.svc -> A 10.0.0.1, SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                ANY _._udp.dns.shop.svc -> SRV 0 100 53 dns.shop.svc + dns.shop.svc A 10.0.0.1
                """),
        ZoneCase(
            label: "a protocol exists, but has no data", registry: dns,
            answers: """
                A _tcp.dns.shop.svc -> NODATA
                SRV _udp.dns.shop.svc -> NODATA
                ANY _udp.dns.shop.svc -> NODATA
                SRV _sctp.dns.shop.svc -> NXDOMAIN
                SRV tcp.dns.shop.svc -> NODATA
                SRV _.dns.shop.svc -> NODATA
                A _.other.shop.svc -> NXDOMAIN
                A sctp.dns.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "SRV at the Service: one for each port, named or not",
            registry: "service web.shop 10.0.0.1 :80 :53/udp admin:8080",
            answers: """
                SRV web.shop.svc -> SRV 0 33 80 web.shop.svc, SRV 0 33 53 web.shop.svc, SRV 0 33 8080 web.shop.svc + A 10.0.0.1
                SRV _._.web.shop.svc -> SRV 0 33 80 web.shop.svc, SRV 0 33 53 web.shop.svc, SRV 0 33 8080 web.shop.svc + web.shop.svc A 10.0.0.1
                SRV _._udp.web.shop.svc -> SRV 0 100 53 web.shop.svc + web.shop.svc A 10.0.0.1
                A _udp.web.shop.svc -> NODATA
                """),
        ZoneCase(
            label: "dual stack: two addresses behind one record", registry: "service web.shop 10.0.0.1 fd00::1 http:80",
            answers: """
                SRV _http._tcp.web.shop.svc -> SRV 0 50 80 web.shop.svc + web.shop.svc A 10.0.0.1, web.shop.svc AAAA fd00::1
                """),
        ZoneCase(
            label: "too many labels", registry: dns,
            answers: """
                SRV x._dns._udp.dns.shop.svc -> NXDOMAIN
                A a.b.c.d.e.f.g.h.i -> NXDOMAIN
                """),
    ]

    /// More than a hundred pairs: the weight stays 1.
    @Test func weightIsAtLeastOne() throws {
        let endpoints = (0..<150).map { "10.244.1.\($0)" }.joined(separator: " ")
        let server = try zone("headless db.shop pg:5432\nslice db.shop pg:5432 \(endpoints)")
        let reply = try server.ask("_pg._tcp.db.shop.svc", .srv, over: .tcp)
        #expect(reply.message.answer.count == 150 && reply.message.additional.count == 150)
        #expect(reply.message.answer.allSatisfy { $0.contains(" IN SRV 0 1 5432 10-244-1-") })
    }

    /// The API server takes as many ports as fit into an object; time that grew with their square would stop all updates.
    @Test(.timeLimit(.minutes(1))) func manyPorts() throws {
        let ports = (1...14_000).map { "p\($0):\($0)" }.joined(separator: " ")
        let server = try zone("service web.shop 10.0.0.1 \(ports)")
        for number in [1, 14_000] {
            let reply = try server.ask("_p\(number)._tcp.web.shop.svc", .srv, over: .tcp)
            #expect(reply.message.answer.count == 1)
            #expect(reply.message.answer.first?.contains(" IN SRV 0 100 \(number) web.shop") == true)
        }
    }
}
