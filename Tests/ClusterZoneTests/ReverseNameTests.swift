import Testing

/// Rule 9: from an address to names.
struct ReverseNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    /// The owner of fd00::1.
    private static let owner = "1." + String(repeating: "0.", count: 29) + "d.f.ip6.arpa."

    static let rows = [
        ZoneCase(
            label: "a Service's own address",
            registry: """
                service web.shop 10.0.0.1 fd00::1 http:80
                slice web.shop http:8080 10.244.0.1 10.244.0.2 ready=no 10.244.0.3 host=three
                """,
            answers: """
                PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
                PTR 1.0.0.10.IN-ADDR.ARPA. -> PTR web.shop.svc
                A 1.0.0.10.in-addr.arpa. -> NODATA
                PTR \(owner) -> PTR web.shop.svc
                PTR 1.0.244.10.in-addr.arpa. -> PTR 10-244-0-1.web.shop.svc
                PTR 2.0.244.10.in-addr.arpa. -> NXDOMAIN
                PTR 3.0.244.10.in-addr.arpa. -> PTR three.web.shop.svc
                """),
        ZoneCase(
            label: "several Services on one endpoint address",
            registry: """
                service web.shop 10.0.0.1 http:80
                slice web.shop http:8080 10.244.0.1
                headless peers.shop http:8080
                slice peers.shop http:8080 10.244.0.1 host=web-0
                headless peers.lab http:8080
                slice peers.lab http:8080 10.244.0.1
                """,
            answers: """
                PTR 1.0.244.10.in-addr.arpa. -> PTR 10-244-0-1.peers.lab.svc, PTR web-0.peers.shop.svc, PTR 10-244-0-1.web.shop.svc
                """),
        ZoneCase(
            label: "a Service that owns the address has it to itself",
            registry: """
                service web.shop 10.0.0.1 http:80
                headless odd.shop http:80
                slice odd.shop http:80 10.0.0.1
                """,
            answers: """
                PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
                ANY 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
                """),
        ZoneCase(
            label: "empty non-terminals", registry: "service web.shop 10.0.0.1 http:80",
            answers: """
                PTR 0.0.10.in-addr.arpa. -> NODATA
                PTR 0.10.in-addr.arpa. -> NODATA
                PTR 10.in-addr.arpa. -> NODATA
                PTR 1.10.in-addr.arpa. -> NXDOMAIN
                PTR 2.0.0.10.in-addr.arpa. -> NXDOMAIN
                PTR x.1.0.0.10.in-addr.arpa. -> NXDOMAIN
                PTR 11.in-addr.arpa. -> NXDOMAIN
                PTR in-addr.arpa. -> NODATA
                A d.f.ip6.arpa. -> NXDOMAIN
                """),
    ]
}
