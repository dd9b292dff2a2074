import Answering
import ClusterModel
import ClusterZone
import Corefile
import DNSTesting
import DNSWire
import Testing

/// `k8s_external`: Services by what they are reached at from outside the cluster.
///
/// Names and records are those of CoreDNS' plugin/k8s_external (README.md and external_test.go), but for what RFC 1034
/// §3.6.2 forbids beside a CNAME and what RFC 8020 says of names above others.
struct ExternalTests {
    private static func corefile(_ options: String, zones: String = "example.org 2.0.192.in-addr.arpa") -> String {
        """
        . {
            kubernetes cluster.local 10.in-addr.arpa {
                manifests services
                namespaces shop dns empty
            }
            k8s_external \(zones) {
                \(options.split(separator: "\n").joined(separator: "\n        "))
            }
        }
        """
    }

    private static let registry = """
        namespace shop
        namespace dns
        namespace empty
        namespace hidden
        service web.shop 10.0.0.1 http:80 dns:53/udp ext=192.0.2.1,2001:db8::1 lb=192.0.2.2
        service bare.shop 10.0.0.2 ext=192.0.2.1
        service inner.shop 10.0.0.3 http:80
        service named.shop 10.0.0.4 http:80 https:443 lb=A.lb.example,b.lb.example
        service mixed.shop 10.0.0.5 http:80 lb=a.lb.example,192.0.2.5
        service local.shop 10.0.0.6 lb=web.shop.example.org
        service bad.shop 10.0.0.7 ext=300.1.1.1.,.. lb=010.0.0.1
        service web.dns 10.0.0.8 ext=192.0.2.8
        service web.hidden 10.0.0.9 ext=192.0.2.9
        external other.shop www.example.com ext=192.0.2.10
        headless db.shop pg:5432
        slice db.shop/a pg:5432 10.244.0.1 host=db-0 10.244.0.2
        headless out.shop pg:5432 ext=192.0.2.11
        slice out.shop/a pg:5432 10.244.0.3 host=out-0
        """

    private static func differences(
        _ answers: String, _ options: String = "", addresses: [String] = ["198.51.100.1"], extra: String = ""
    ) throws -> [String] {
        let server = try TestServer(
            corefile(options), registry: registry + "\n" + extra, serverAddresses: addresses)
        return try AnswerTable(answers).differences(server)
    }

    @Test func addresses() throws {
        let differences = try Self.differences(
            """
            A web.shop.example.org. -> A 192.0.2.1, A 192.0.2.2
            AAAA WEB.shop.Example.org. -> AAAA 2001:db8::1
            A bare.shop.example.org. -> A 192.0.2.1
            AAAA bare.shop.example.org. -> NODATA
            SRV bare.shop.example.org. -> NODATA
            TXT web.shop.example.org. -> NODATA
            A inner.shop.example.org. -> NXDOMAIN
            A other.shop.example.org. -> NXDOMAIN
            A db.shop.example.org. -> NXDOMAIN
            A out.shop.example.org. -> A 192.0.2.11
            A out-0.out.shop.example.org. -> NXDOMAIN
            A mixed.shop.example.org. -> A 192.0.2.5
            A shop.example.org. -> NODATA
            A empty.example.org. -> NODATA
            A hidden.example.org. -> NXDOMAIN
            A web.hidden.example.org. -> NXDOMAIN
            A no.example.org. -> NXDOMAIN
            A x.web.shop.example.org. -> NXDOMAIN
            A 10-244-0-1.db.shop.example.org. -> NXDOMAIN
            A web.shop.svc.example.org. -> NXDOMAIN
            A web.shop.svc.cluster.local. -> A 10.0.0.1
            """)
        #expect(differences.isEmpty)
    }

    @Test func ports() throws {
        let web = "web.shop.example.org."
        let glue = "\(web) A 192.0.2.1, \(web) AAAA 2001:db8::1, \(web) A 192.0.2.2"
        let differences = try Self.differences(
            """
            SRV _http._tcp.\(web) -> SRV 0 33 80 \(web) + \(glue)
            SRV _dns._udp.\(web) -> SRV 0 33 53 \(web) + \(glue)
            SRV \(web) -> SRV 0 16 80 \(web), SRV 0 16 53 \(web) + A 192.0.2.1, AAAA 2001:db8::1, A 192.0.2.2
            A _tcp.\(web) -> NODATA
            SRV http.tcp.\(web) -> SRV 0 33 80 \(web) + \(glue)
            SRV _http._udp.\(web) -> NXDOMAIN
            SRV _sctp.\(web) -> NXDOMAIN
            """)
        #expect(differences.isEmpty)
    }

    @Test func hostNames() throws {
        let named = "named.shop.example.org."
        let differences = try Self.differences(
            """
            A \(named) -> CNAME A.lb.example.
            SRV \(named) -> CNAME A.lb.example.
            SRV _http._tcp.\(named) -> SRV 0 50 80 A.lb.example., SRV 0 50 80 b.lb.example.
            SRV _https._tcp.\(named) -> SRV 0 50 443 A.lb.example., SRV 0 50 443 b.lb.example.
            TXT _tcp.\(named) -> NODATA
            A local.shop.example.org. -> CNAME web.shop.example.org., web.shop.example.org. A 192.0.2.1, web.shop.example.org. A 192.0.2.2
            A bad.shop.example.org. -> NXDOMAIN
            """)
        #expect(differences.isEmpty)
    }

    @Test func headlessServices() throws {
        let db = "db.shop.example.org."
        let differences = try Self.differences(
            """
            A \(db) -> A 10.244.0.1, A 10.244.0.2
            A db-0.\(db) -> A 10.244.0.1
            A 10-244-0-2.\(db) -> A 10.244.0.2
            A 10-244-0-1.\(db) -> NXDOMAIN
            SRV _pg._tcp.\(db) -> SRV 0 50 5432 db-0.\(db), SRV 0 50 5432 10-244-0-2.\(db) + db-0.\(db) A 10.244.0.1, 10-244-0-2.\(db) A 10.244.0.2
            A out.shop.example.org. -> A 192.0.2.11
            A out-0.out.shop.example.org. -> NXDOMAIN
            A inner.shop.example.org. -> NXDOMAIN
            """, "headless")
        #expect(differences.isEmpty)
    }

    @Test func reverseNames() throws {
        let differences = try Self.differences(
            """
            PTR 1.2.0.192.in-addr.arpa. -> PTR bare.shop.example.org., PTR web.shop.example.org.
            PTR 5.2.0.192.in-addr.arpa. -> PTR mixed.shop.example.org.
            A 5.2.0.192.in-addr.arpa. -> NODATA
            PTR 9.2.0.192.in-addr.arpa. -> NXDOMAIN
            PTR 2.0.192.in-addr.arpa. -> NODATA
            PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
            """)
        #expect(differences.isEmpty)
    }

    @Test func apex() throws {
        let leader = "service kube-dns.shop 10.0.0.53 ext=192.0.2.53\nslice kube-dns.shop/a dns:53/udp 198.51.100.1"
        for (extra, address) in [("", "198.51.100.1"), (leader, "192.0.2.53")] {
            let differences = try Self.differences(
                """
                NS example.org. -> NS ns1.ns.example.org. + ns1.ns.example.org. A \(address)
                NS 2.0.192.in-addr.arpa. -> NS ns1.ns.example.org. + ns1.ns.example.org. A \(address)
                A ns1.ns.example.org. -> A \(address)
                AAAA ns1.ns.example.org. -> NODATA
                TXT ns.example.org. -> NODATA
                A ns2.ns.example.org. -> NXDOMAIN
                A dns.example.org. -> NODATA
                A web.dns.example.org. -> A 192.0.2.8
                TXT dns-version.example.org. -> NXDOMAIN
                """, "apex ns\nttl 60", extra: extra)
            #expect(differences.isEmpty)
        }
    }

    /// The apex label hides a namespace of its name, in forward and in reverse.
    @Test func anAPEXIsNoNamespace() throws {
        let differences = try Self.differences(
            """
            A dns.example.org. -> NODATA
            A web.dns.example.org. -> NXDOMAIN
            A ns1.dns.example.org. -> A 198.51.100.1
            PTR 8.2.0.192.in-addr.arpa. -> NXDOMAIN
            """)
        #expect(differences.isEmpty)
    }

    @Test func startOfAuthority() throws {
        let server = try TestServer(Self.corefile("ttl 60"), registry: Self.registry)
        for name in ["example.org.", "x.example.org."] {
            let reply = try server.ask(name, .soa)
            #expect("\(reply)".contains("ns1.dns.example.org. hostmaster.dns.example.org. 7 7200 1800 86400 60"))
        }
    }

    @Test func namesFallThrough() throws {
        let corefile = """
            . {
                kubernetes cluster.local {
                    manifests services
                }
                k8s_external . {
                    fallthrough
                }
            }
            """
        let server = try TestServer(corefile, registry: Self.registry)
        let table = try AnswerTable(
            """
            A web.shop. -> A 192.0.2.1, A 192.0.2.2
            A web.shop.svc.cluster.local. -> A 10.0.0.1
            """)
        #expect(table.differences(server).isEmpty)
    }

    /// What a chain of changes leads to is what a compilation of the end is.
    @Test func changes() throws {
        let configuration = try TestServer.configuration(Self.corefile("headless"))
        let definition = try #require(configuration.registries.first { $0.options.layout != .cluster })
        let pool =
            Self.registry.split(separator: "\n").map(String.init) + [
                "service web.shop 10.0.0.1 http:81 ext=192.0.2.77", "service web.shop 10.0.0.1",
                "headless db.shop lb=a.example",
                "service named.shop 10.0.0.4 http:80 lb=192.0.2.4", "slice db.shop/a pg:5432 10.244.0.9",
            ]
        var random = SplitMix64(seed: 9)
        var store = ClusterStore()
        var zone = ClusterZone(
            options: definition.options, serial: 1, snapshot: store.snapshot, filter: definition.filter)
        for round in 0..<300 {
            let object = try #require(RegistryText.object(pool.randomElement(using: &random) ?? ""))
            let isRemoved = UInt64.random(in: 0..<4, using: &random) == 0
            let delta = store.apply([isRemoved ? .removed(object.kind, object.key) : .upserted(object)])
            zone = zone.applying(
                definition.filter.filtered(delta, in: store.snapshot), serial: UInt32(round), isComplete: true)
            let whole = ClusterZone(
                options: definition.options, serial: 1, snapshot: store.snapshot, filter: definition.filter)
            #expect(records(zone) == records(whole), "round \(round)")
        }
        #expect(!records(zone).isEmpty)
    }

    private func records(_ zone: ClusterZone) -> Set<ClusterRecord> {
        var records = Set<ClusterRecord>()
        zone.forEachRecord { records.insert($0) }
        return records
    }

    struct Refusal: Sendable {
        var corefile: String
        var says: String
    }

    static let refusals = [
        Refusal(corefile: ". {\n k8s_external example.org\n}", says: "needs a \"kubernetes\" directive in this block"),
        Refusal(corefile: corefile("apex a.b"), says: "is no label"),
        Refusal(corefile: corefile("ttl 3601"), says: "3600"),
        Refusal(corefile: corefile("ttl"), says: "1 argument"),
        Refusal(corefile: corefile("headless yes"), says: "argument"),
        Refusal(corefile: corefile("nothing"), says: "k8s_external"),
        Refusal(corefile: corefile("", zones: "local"), says: "hides cluster.local. of \"kubernetes\""),
        Refusal(corefile: corefile("", zones: "2.0.192.in-addr.arpa"), says: "only reverse zones"),
        Refusal(
            corefile: corefile("headless").replacing("namespaces shop", with: "noendpoints\nnamespaces shop"),
            says: "noendpoints"),
    ]

    @Test(arguments: refusals) func refused(_ row: Refusal) {
        do throws(CorefileError) {
            _ = try TestServer.configuration(row.corefile)
            Issue.record("taken: \(row.corefile)")
        } catch {
            #expect(error.message.contains(row.says), "\(error.message)")
        }
    }

    @Test func oneSourceIsReadForBoth() throws {
        let configuration = try TestServer.configuration(
            ". {\n kubernetes cluster.local {\n endpoint http://127.0.0.1:1\n}\n k8s_external example.org\n}")
        #expect(configuration.registries.map(\.options.layout) == [.cluster, .outside(.init())])
        #expect(Set(configuration.registries.map(\.source)).count == 1)
        #expect(configuration.registries.allSatisfy { $0.source.api?.needs == [.endpointSlices, .outsideAddresses] })
    }
}
