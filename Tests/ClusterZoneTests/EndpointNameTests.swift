import Testing

/// Rules 4 and 5: headless Services and the names of endpoints.
struct EndpointNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    static let rows = [
        ZoneCase(
            label: "one address for each ready endpoint",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1 ready=yes 10.244.0.2 10.244.0.3 ready=no
                """,
            answers: """
                A db.shop.svc -> A 10.244.0.1, A 10.244.0.2
                AAAA db.shop.svc -> NODATA
                A 10-244-0-1.db.shop.svc -> A 10.244.0.1
                A 10-244-0-3.db.shop.svc -> NXDOMAIN
                SRV 10-244-0-1.db.shop.svc -> NODATA
                SRV _pg._tcp.db.shop.svc -> SRV 0 50 5432 10-244-0-1.db.shop.svc, SRV 0 50 5432 10-244-0-2.db.shop.svc + 10-244-0-1.db.shop.svc A 10.244.0.1, 10-244-0-2.db.shop.svc A 10.244.0.2
                SRV db.shop.svc -> SRV 0 50 5432 10-244-0-1.db.shop.svc, SRV 0 50 5432 10-244-0-2.db.shop.svc + 10-244-0-1.db.shop.svc A 10.244.0.1, 10-244-0-2.db.shop.svc A 10.244.0.2
                A _pg._tcp.db.shop.svc -> A 10.244.0.1, A 10.244.0.2
                """),
        ZoneCase(
            label: "no ready endpoint: no such name",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1 ready=no
                headless idle.shop pg:5432
                """,
            answers: """
                A db.shop.svc -> NXDOMAIN
                TXT db.shop.svc -> NXDOMAIN
                SRV _pg._tcp.db.shop.svc -> NXDOMAIN
                A _tcp.db.shop.svc -> NXDOMAIN
                A idle.shop.svc -> NXDOMAIN
                PTR 1.0.244.10.in-addr.arpa. -> NXDOMAIN
                """),
        ZoneCase(
            label: "a hostname replaces the dashed form, and several may share it",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1 host=DB-0 10.244.0.2 host=db-0 10.244.0.3 host=db-1
                """,
            answers: """
                A db-0.db.shop.svc -> A 10.244.0.1, A 10.244.0.2
                A db-1.db.shop.svc -> A 10.244.0.3
                A 10-244-0-1.db.shop.svc -> NXDOMAIN
                SRV _pg._tcp.db.shop.svc -> SRV 0 33 5432 db-0.db.shop.svc, SRV 0 33 5432 db-1.db.shop.svc + db-0.db.shop.svc A 10.244.0.1, db-0.db.shop.svc A 10.244.0.2, db-1.db.shop.svc A 10.244.0.3
                PTR 2.0.244.10.in-addr.arpa. -> PTR db-0.db.shop.svc
                """),
        ZoneCase(
            label: "the same address in several slices is answered once, with all their ports",
            registry: """
                headless db.shop pg:5432 web:80
                slice db.shop/a pg:5432 10.244.0.1
                slice db.shop/b web:80 10.244.0.1
                """,
            answers: """
                A db.shop.svc -> A 10.244.0.1
                SRV _pg._tcp.db.shop.svc -> SRV 0 100 5432 10-244-0-1.db.shop.svc + 10-244-0-1.db.shop.svc A 10.244.0.1
                SRV db.shop.svc -> SRV 0 50 5432 10-244-0-1.db.shop.svc, SRV 0 50 80 10-244-0-1.db.shop.svc + 10-244-0-1.db.shop.svc A 10.244.0.1
                """),
        ZoneCase(
            label: "both families",
            registry: """
                headless db.shop pg:5432
                slice db.shop/4 pg:5432 10.244.0.1 host=db-0
                slice db.shop/6 pg:5432 fd00:244:: host=db-0
                slice db.shop/x pg:5432 fd00:9:: fd00::12
                """,
            answers: """
                A db.shop.svc -> A 10.244.0.1
                AAAA db.shop.svc -> AAAA fd00::12, AAAA fd00:9::, AAAA fd00:244::
                AAAA db-0.db.shop.svc -> AAAA fd00:244::
                AAAA fd00-9--0.db.shop.svc -> AAAA fd00:9::
                AAAA fd00--12.db.shop.svc -> AAAA fd00::12
                A fd00--12.db.shop.svc -> NODATA
                """),
        ZoneCase(
            label: "endpoints of a Service with an address have names too",
            registry: """
                service web.shop 10.0.0.1 http:80
                slice web.shop http:8080 10.244.0.1 10.244.0.2 host=two
                """,
            answers: """
                A 10-244-0-1.web.shop.svc -> A 10.244.0.1
                A two.web.shop.svc -> A 10.244.0.2
                A web.shop.svc -> A 10.0.0.1
                SRV _http._tcp.web.shop.svc -> SRV 0 100 80 web.shop.svc + web.shop.svc A 10.0.0.1
                PTR 1.0.244.10.in-addr.arpa. -> PTR 10-244-0-1.web.shop.svc
                """),
        ZoneCase(
            label: "endpoint_pod_names", options: "endpoint_pod_names",
            registry: """
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.1 pod=db-x 10.244.0.2 host=db-1 pod=db-y 10.244.0.3
                slice db.shop/long pg:5432 10.244.0.4 pod=a23456789012345678901234567890123456789012345678901234567890abcd
                slice db.shop/edge pg:5432 10.244.0.5 pod=a23456789012345678901234567890123456789012345678901234567890abc
                """,
            answers: """
                A db-x.db.shop.svc -> A 10.244.0.1
                A 10-244-0-1.db.shop.svc -> NXDOMAIN
                A db-1.db.shop.svc -> A 10.244.0.2
                A db-y.db.shop.svc -> NXDOMAIN
                A 10-244-0-3.db.shop.svc -> A 10.244.0.3
                A 10-244-0-4.db.shop.svc -> A 10.244.0.4
                A a23456789012345678901234567890123456789012345678901234567890abc.db.shop.svc -> A 10.244.0.5
                """),
        ZoneCase(
            label: "a slice that belongs to nobody harms nothing",
            registry: """
                headless db.shop pg:5432
                slice db.shop/a pg:5432 10.244.0.1
                slice db.shop/b pg:5432 orphan=yes 10.244.0.9
                """,
            answers: """
                A db.shop.svc -> A 10.244.0.1
                PTR 9.0.244.10.in-addr.arpa. -> NXDOMAIN
                """),
        ZoneCase(
            label: "noendpoints", options: "noendpoints",
            registry: """
                service web.shop 10.0.0.1 http:80
                slice web.shop http:8080 10.244.0.1
                headless db.shop pg:5432
                slice db.shop pg:5432 10.244.0.2
                """,
            answers: """
                A web.shop.svc -> A 10.0.0.1
                A 10-244-0-1.web.shop.svc -> NXDOMAIN
                A db.shop.svc -> NXDOMAIN
                PTR 1.0.244.10.in-addr.arpa. -> NXDOMAIN
                """),
        ZoneCase(
            label: "ignore empty_service", options: "ignore empty_service",
            registry: """
                service web.shop 10.0.0.1 http:80
                slice web.shop http:8080 10.244.0.1 ready=no
                service api.shop 10.0.0.2 http:80
                slice api.shop http:8080 10.244.0.2
                """,
            answers: """
                A web.shop.svc -> NXDOMAIN
                SRV _http._tcp.web.shop.svc -> NXDOMAIN
                PTR 1.0.0.10.in-addr.arpa. -> NXDOMAIN
                A api.shop.svc -> A 10.0.0.2
                PTR 2.0.0.10.in-addr.arpa. -> PTR api.shop.svc
                """),
    ]
}
