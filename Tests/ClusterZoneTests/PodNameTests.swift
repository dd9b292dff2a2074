import Testing

/// Rule 8: names made from the addresses of Pods.
struct PodNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    static let rows = [
        ZoneCase(
            label: "disabled", registry: "pod p.shop 10.244.0.1",
            answers: """
                A 10-244-0-1.shop.pod -> NXDOMAIN
                A shop.pod -> NXDOMAIN
                A pod -> NODATA
                """),
        ZoneCase(
            label: "insecure: the address is in the name", options: "pods insecure", registry: "",
            answers: """
                A 10-244-0-1.shop.pod -> A 10.244.0.1
                A 1-2-3-4.shop.pod -> A 1.2.3.4
                AAAA 10-244-0-1.shop.pod -> NODATA
                TXT 10-244-0-1.shop.pod -> NODATA
                ANY 10-244-0-1.shop.pod -> A 10.244.0.1
                AAAA fd00--1.shop.pod -> AAAA fd00::1
                AAAA FD00--1.shop.pod -> AAAA fd00::1
                AAAA --1.shop.pod -> AAAA ::1
                AAAA fd00--.shop.pod -> AAAA fd00::
                AAAA fd00--0.shop.pod -> AAAA fd00::
                AAAA 1-2-3-4-5-6-7-8.shop.pod -> AAAA 1:2:3:4:5:6:7:8
                AAAA 1-2--7-8.shop.pod -> AAAA 1:2::7:8
                A fd00--1.shop.pod -> NODATA
                A shop.pod -> NODATA
                """),
        ZoneCase(
            label: "insecure: what is no address", options: "pods insecure", registry: "",
            answers: """
                A 10-244-0-256.shop.pod -> NXDOMAIN
                A 10-244-0-01.shop.pod -> NXDOMAIN
                A 10-244-0.shop.pod -> NXDOMAIN
                A 10-244-0-1-2.shop.pod -> NXDOMAIN
                A 10-244-0-.shop.pod -> NXDOMAIN
                A -10-244-0.shop.pod -> NXDOMAIN
                A a-b-c-d.shop.pod -> NXDOMAIN
                AAAA 1--2--3.shop.pod -> NXDOMAIN
                AAAA 1-2-3-4-5-6-7-8-9.shop.pod -> NXDOMAIN
                AAAA 12345--1.shop.pod -> NXDOMAIN
                AAAA 1---2.shop.pod -> NXDOMAIN
                AAAA g--1.shop.pod -> NXDOMAIN
                AAAA 1-2-3-4-5-6-7--8-.shop.pod -> NXDOMAIN
                A web.shop.pod -> NXDOMAIN
                A 10-244-0-1.ghost.pod -> NXDOMAIN
                A x.10-244-0-1.shop.pod -> NXDOMAIN
                """),
        ZoneCase(
            label: "insecure in one family", options: "pods insecure\nfamilies ipv6", registry: "",
            answers: """
                A 10-244-0-1.shop.pod -> NXDOMAIN
                AAAA fd00--1.shop.pod -> AAAA fd00::1
                """),
        ZoneCase(
            label: "verified: only Pods that hold their address", options: "pods verified",
            registry: """
                pod p.shop 10.244.0.1 fd00::1
                pod host1.shop 192.0.2.7
                pod host2.shop 192.0.2.7
                pod done.shop 10.244.0.2 phase=Succeeded
                pod dead.shop 10.244.0.3 phase=Failed
                pod wait.shop 10.244.0.4 phase=Pending
                pod base.shop fd00::
                """,
            answers: """
                A 10-244-0-1.shop.pod -> A 10.244.0.1
                AAAA fd00--1.shop.pod -> AAAA fd00::1
                A fd00--1.shop.pod -> NODATA
                AAAA fd00--0.shop.pod -> AAAA fd00::
                A 192-0-2-7.shop.pod -> A 192.0.2.7
                A 10-244-0-4.shop.pod -> A 10.244.0.4
                A 10-244-0-2.shop.pod -> NXDOMAIN
                A 10-244-0-3.shop.pod -> NXDOMAIN
                A 10-244-0-1.lab.pod -> NXDOMAIN
                A 10-244-0-9.shop.pod -> NXDOMAIN
                A shop.pod -> NODATA
                """),
        ZoneCase(
            label: "bare Pods have no PTR", options: "pods verified", registry: "pod p.shop 10.244.0.1",
            answers: "PTR 1.0.244.10.in-addr.arpa. -> NXDOMAIN"),
    ]
}
