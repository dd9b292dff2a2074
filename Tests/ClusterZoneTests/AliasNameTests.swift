import Testing

/// Rules 6 and 18: ExternalName Services, and headless Services whose slices hold a host name.
struct AliasNameTests {
    @Test(arguments: rows) func answers(_ row: ZoneCase) throws {
        let differences = try row.differences()
        #expect(differences.isEmpty)
    }

    static let rows = [
        ZoneCase(
            label: "a target that is not ours is the client's to ask",
            registry: "external ext.shop WWW.Example.COM http:80",
            answers: """
                A ext.shop.svc -> CNAME WWW.Example.COM.
                AAAA ext.shop.svc -> CNAME WWW.Example.COM.
                CNAME ext.shop.svc -> CNAME WWW.Example.COM.
                TXT ext.shop.svc -> CNAME WWW.Example.COM.
                SRV ext.shop.svc -> CNAME WWW.Example.COM.
                ANY ext.shop.svc -> CNAME WWW.Example.COM.
                A x.ext.shop.svc -> NXDOMAIN
                SRV _http._tcp.ext.shop.svc -> NXDOMAIN
                SRV _._.ext.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "a target in the zone is followed",
            registry: """
                external ext.shop Web.Shop.svc.cluster.local
                service web.shop 10.0.0.1 http:80
                """,
            answers: """
                A ext.shop.svc -> CNAME Web.Shop.svc.cluster.local., Web.Shop.svc.cluster.local. A 10.0.0.1
                CNAME ext.shop.svc -> CNAME Web.Shop.svc.cluster.local.
                SRV ext.shop.svc -> CNAME Web.Shop.svc.cluster.local.
                """.replacing("Web.Shop.svc.cluster.local.", with: "Web.Shop.svc")),
        ZoneCase(
            label: "a target without the type: the chain and NODATA's SOA",
            registry: """
                external ext.shop web.shop.svc.cluster.local.
                service web.shop 10.0.0.1 http:80
                """,
            answers: "AAAA ext.shop.svc -> CNAME web.shop.svc / SOA"),
        ZoneCase(
            label: "a dead target: the RCODE is its own (RFC 6604 §2)",
            registry: "external ext.shop gone.shop.svc.cluster.local.",
            answers: """
                A ext.shop.svc -> NXDOMAIN: CNAME gone.shop.svc / SOA
                CNAME ext.shop.svc -> CNAME gone.shop.svc
                """),
        ZoneCase(
            label: "loops end with each CNAME once",
            registry: """
                external self.shop self.shop.svc.cluster.local
                external a.shop b.shop.svc.cluster.local
                external b.shop c.shop.svc.cluster.local
                external c.shop a.shop.svc.cluster.local
                """,
            answers: """
                A self.shop.svc -> CNAME self.shop.svc
                A a.shop.svc -> CNAME b.shop.svc, b.shop.svc CNAME c.shop.svc, c.shop.svc CNAME a.shop.svc
                """),
        ZoneCase(
            label: "addresses and non-names are no targets",
            registry: """
                external four.shop 192.0.2.1
                external six.shop 2001:db8::1
                external dots.shop a..b
                """,
            answers: """
                A four.shop.svc -> NXDOMAIN
                CNAME four.shop.svc -> NXDOMAIN
                A six.shop.svc -> NXDOMAIN
                A dots.shop.svc -> NXDOMAIN
                """),
        ZoneCase(
            label: "a host name slice of a headless Service",
            registry: """
                headless db.shop
                fqdn db.shop DB.example.com
                headless two.shop
                fqdn two.shop/a a.example.com
                fqdn two.shop/b b.example.com
                headless mixed.shop
                fqdn mixed.shop/a a.example.com
                slice mixed.shop/b :80 10.244.0.1
                """,
            answers: """
                A db.shop.svc -> CNAME DB.example.com.
                A two.shop.svc -> NXDOMAIN
                A mixed.shop.svc -> A 10.244.0.1
                """),
    ]
}
