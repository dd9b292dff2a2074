import Answering
import ClusterModel
import ClusterZone
import Corefile
import DNSTesting
import DNSZone
import Testing

/// `multicluster`: ServiceImports by the Kubernetes multi-cluster DNS specification 1.0.0 (KEP-1645), rules 10 and 19.
struct ClusterSetTests {
    private static func corefile(_ zones: String = "cluster.local clusterset.local 10.in-addr.arpa", options: String)
        -> String
    {
        ". {\n kubernetes \(zones) {\n manifests services\n \(options)\n }\n}"
    }

    private static let registry = """
        namespace shop
        namespace lab
        service web.shop 10.0.0.1 http:80
        service own.shop 10.0.0.2 http:80
        import web.shop 10.9.0.1 fd00:9::1 http:80 dns:53/udp
        imported web.shop/a http:80 10.244.0.1 host=web-0 cluster=east
        import db.shop pg:5432
        imported db.shop/east pg:5432 10.244.0.1 host=db-0 10.244.0.2 cluster=East
        imported db.shop/west pg:5432 10.245.0.1 host=db-0 10.245.0.9 ready=no cluster=west
        import nowhere.shop pg:5432
        imported nowhere.shop/a pg:5432 10.245.0.7
        import none.shop pg:5432
        import lost.gone 10.9.0.7 http:80
        """

    @Test func answers() throws {
        let server = try TestServer(
            Self.corefile(options: "multicluster clusterset.local"), registry: Self.registry,
            serverAddresses: ["198.51.100.1"])
        let zone = "svc.clusterset.local."
        let (web, db) = ("web.shop.\(zone)", "db.shop.\(zone)")
        let table = try AnswerTable(
            """
            A \(web) -> A 10.9.0.1
            AAAA \(web) -> AAAA fd00:9::1
            SRV _http._tcp.\(web) -> SRV 0 50 80 \(web) + \(web) A 10.9.0.1, \(web) AAAA fd00:9::1
            SRV _dns._udp.\(web) -> SRV 0 50 53 \(web) + \(web) A 10.9.0.1, \(web) AAAA fd00:9::1
            SRV http.tcp.\(web) -> SRV 0 50 80 \(web) + \(web) A 10.9.0.1, \(web) AAAA fd00:9::1
            A east.\(web) -> NXDOMAIN
            A web-0.east.\(web) -> NXDOMAIN
            A own.shop.\(zone) -> NXDOMAIN
            A \(db) -> A 10.244.0.1, A 10.244.0.2, A 10.245.0.1
            A db-0.east.\(db) -> A 10.244.0.1
            A DB-0.West.\(db) -> A 10.245.0.1
            A 10-244-0-2.east.\(db) -> A 10.244.0.2
            A 10-245-0-9.west.\(db) -> NXDOMAIN
            A 10-244-0-2.west.\(db) -> NXDOMAIN
            A db-0.\(db) -> NXDOMAIN
            A east.\(db) -> NODATA
            TXT west.\(db) -> NODATA
            A north.\(db) -> NXDOMAIN
            SRV _pg._tcp.\(db) -> SRV 0 33 5432 db-0.east.\(db), SRV 0 33 5432 10-244-0-2.east.\(db), SRV 0 33 5432 db-0.west.\(db) + db-0.east.\(db) A 10.244.0.1, 10-244-0-2.east.\(db) A 10.244.0.2, db-0.west.\(db) A 10.245.0.1
            A nowhere.shop.\(zone) -> A 10.245.0.7
            A 10-245-0-7.nowhere.shop.\(zone) -> NXDOMAIN
            A none.shop.\(zone) -> NXDOMAIN
            A lost.gone.\(zone) -> NXDOMAIN
            A lab.\(zone) -> NODATA
            A gone.\(zone) -> NXDOMAIN
            A \(zone) -> NODATA
            A pod.clusterset.local. -> NXDOMAIN
            TXT dns-version.clusterset.local. -> TXT "1.0.0"
            TXT dns-version.cluster.local. -> TXT "1.1.0"
            NS clusterset.local. -> NS ns.dns.clusterset.local. + ns.dns.clusterset.local. A 198.51.100.1
            A web.shop.svc.cluster.local. -> A 10.0.0.1
            A db.shop.svc.cluster.local. -> NXDOMAIN
            PTR 1.0.0.10.in-addr.arpa. -> PTR web.shop.svc
            PTR 1.0.9.10.in-addr.arpa. -> NXDOMAIN
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
    }

    @Test func options() throws {
        let server = try TestServer(
            Self.corefile(options: "multicluster clusterset.local\n ignore empty_service\n labels team=a"),
            registry: """
                namespace shop
                import web.shop 10.9.0.1 http:80 team=a
                imported web.shop/a http:80 10.244.0.1 cluster=east team=a
                import empty.shop 10.9.0.2 http:80 team=a
                imported empty.shop/a http:80 10.244.0.1 cluster=east
                import other.shop 10.9.0.3 http:80
                imported other.shop/a http:80 10.244.0.1 cluster=east team=a
                """)
        let table = try AnswerTable(
            """
            A web.shop.svc.clusterset.local. -> A 10.9.0.1
            A empty.shop.svc.clusterset.local. -> NXDOMAIN
            A other.shop.svc.clusterset.local. -> NXDOMAIN
            """)
        let differences = table.differences(server)
        #expect(differences.isEmpty)
    }

    /// The longest zone answers, whichever of the two lies in the other.
    @Test(arguments: [("cluster.local", "set.cluster.local"), ("in.clusterset.local", "clusterset.local")])
    func zonesWithinZones(_ cluster: String, _ set: String) throws {
        let server = try TestServer(
            Self.corefile("\(cluster) \(set)", options: "multicluster \(set)"), registry: Self.registry)
        let table = try AnswerTable(
            "A web.shop.svc.\(cluster). -> A 10.0.0.1\nA web.shop.svc.\(set). -> A 10.9.0.1")
        let differences = table.differences(server)
        #expect(differences.isEmpty)
    }

    @Test func aClusterSetAlone() throws {
        let server = try TestServer(
            Self.corefile("clusterset.local", options: "multicluster clusterset.local"), registry: Self.registry)
        let differences = try AnswerTable("A web.shop.svc.clusterset.local. -> A 10.9.0.1").differences(server)
        #expect(differences.isEmpty)
    }

    @Test func changes() throws {
        let configuration = try TestServer.configuration(Self.corefile(options: "multicluster clusterset.local"))
        let definition = try #require(configuration.registries.first { $0.options.layout == .clusterSet })
        let pool =
            Self.registry.split(separator: "\n").map(String.init) + [
                "import web.shop http:80", "import db.shop 10.9.0.9 pg:5432",
                "imported db.shop/east pg:5433 10.244.0.3 cluster=south",
            ]
        var random = SplitMix64(seed: 5)
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
    }

    private func records(_ zone: ClusterZone) -> Set<ZoneRecord> {
        var records = Set<ZoneRecord>()
        zone.forEachRecord { records.insert($0) }
        return records
    }

    @Test func importsAreAskedForWhereTheyAreAnswered() throws {
        func needs(_ options: String) throws -> APISource.Needs? {
            let configuration = try TestServer.configuration(
                ". {\n kubernetes cluster.local clusterset.local {\n endpoint http://127.0.0.1:1\n \(options)\n }\n}")
            #expect(Set(configuration.registries.map(\.source)).count == 1)
            return configuration.registries.first?.source.api?.needs
        }
        #expect(try needs("") == [.endpointSlices])
        #expect(try needs("multicluster clusterset.local") == [.endpointSlices, .serviceImports])
    }
}
