import Testing

/// Rules 1-3: Services with an address of their own.
struct ServiceNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    static let rows = [
        ZoneCase(
            label: "one family", registry: "service web.shop 10.0.0.1 http:80",
            answers: """
                A web.shop.svc -> A 10.0.0.1
                AAAA web.shop.svc -> NODATA
                TXT web.shop.svc -> NODATA
                MX web.shop.svc -> NODATA
                TYPE65280 web.shop.svc -> NODATA
                A WEB.Shop.SVC -> A 10.0.0.1
                A other.shop.svc -> NXDOMAIN
                A x.web.shop.svc -> NXDOMAIN
                A web.lab.svc -> NXDOMAIN
                A web.shop -> NXDOMAIN
                """),
        ZoneCase(
            label: "both families", registry: "service web.shop fd00::1 10.0.0.1 http:80",
            answers: """
                A web.shop.svc -> A 10.0.0.1
                AAAA web.shop.svc -> AAAA fd00::1
                ANY web.shop.svc -> A 10.0.0.1, AAAA fd00::1, SRV 0 50 80 web.shop.svc + AAAA fd00::1, A 10.0.0.1
                """),
        ZoneCase(
            label: "families ipv4", options: "families ipv4", registry: "service web.shop 10.0.0.1 fd00::1 http:80",
            answers: """
                A web.shop.svc -> A 10.0.0.1
                AAAA web.shop.svc -> NODATA
                SRV _http._tcp.web.shop.svc -> SRV 0 100 80 web.shop.svc + web.shop.svc A 10.0.0.1
                PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
                """),
        ZoneCase(
            label: "no ports: addresses and no SRV", registry: "service web.shop 10.0.0.1",
            answers: """
                A web.shop.svc -> A 10.0.0.1
                SRV web.shop.svc -> NODATA
                SRV _http._tcp.web.shop.svc -> NXDOMAIN
                SRV _._.web.shop.svc -> NXDOMAIN
                A _tcp.web.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "without ready endpoints it still resolves",
            registry: """
                service web.shop 10.0.0.1 http:80
                slice web.shop http:8080 10.244.0.1 ready=no
                """,
            answers: """
                A web.shop.svc -> A 10.0.0.1
                A 10-244-0-1.web.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "a namespace without an object is missing", registry: "service web.ghost 10.0.0.1 http:80",
            answers: """
                A web.ghost.svc -> NXDOMAIN
                A ghost.svc -> NXDOMAIN
                PTR 1.0.0.10.in-addr.arpa. -> NXDOMAIN
                """),
        ZoneCase(
            label: "wildcards are ordinary labels", registry: "service web.shop 10.0.0.1 http:80",
            answers: """
                A *.shop.svc -> NXDOMAIN
                A any.shop.svc -> NXDOMAIN
                SRV *._tcp.web.shop.svc -> NXDOMAIN
                SRV _any._tcp.web.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "transfers are refused", registry: "service web.shop 10.0.0.1 http:80",
            answers: """
                AXFR @ -> REFUSED
                IXFR @ -> REFUSED
                AXFR web.shop.svc -> REFUSED
                """),
    ]
}
