import ClusterModel
import ClusterZone
import DNSTesting
import DNSWire
import DNSZone
import NetworkAddress
import Testing

/// A registry large enough to be compiled in several parts and kept in several leaves and shards.
struct LargeRegistryTests {
    private static let serviceCount = 2500
    private static let options = ClusterZoneOptions(
        forwardZones: ["cluster.local"].compactMap { try? Name($0) },
        reverseZones: ["in-addr.arpa", "ip6.arpa"].compactMap { try? Name($0) },
        serverAddresses: [IPAddress(ipv4: 0x0A80_0001)])

    private static func name(_ index: Int) -> ObjectMetadata {
        ObjectMetadata(name: "svc-\(index)", namespace: "ns-\(index % 3)")
    }

    /// Every second Service is headless; some endpoints have hostnames.
    private static func service(_ index: Int) -> ClusterObject {
        var service = Service(metadata: name(index), ports: [ServicePort(name: "http", port: 80)])
        if index.isMultiple(of: 2) {
            service.isHeadless = true
        } else {
            service.clusterIPs = [IPAddress(ipv4: 0x0A60_0000 + UInt32(index))]
        }
        return .service(service)
    }

    private static func slice(_ index: Int, without missing: Int? = nil) -> ClusterObject {
        var metadata = name(index)
        metadata.labels = [EndpointSlice.serviceNameLabel: metadata.name]
        metadata.name += "-x"
        let endpoints = (0..<3).filter { $0 != missing }.map { place in
            Endpoint(
                addresses: [IPAddress(ipv4: 0x0A80_0000 + UInt32(3 * index + place))],
                hostname: index.isMultiple(of: 10) ? "web-\(place)" : "")
        }
        return .endpointSlice(
            EndpointSlice(
                metadata: metadata, addressType: .ipv4, endpoints: endpoints,
                ports: [EndpointPort(name: "http", port: 8080)]))
    }

    private static var objects: [ClusterChange] {
        let namespaces = (0..<3).map { index -> ClusterObject in
            .namespace(Namespace(metadata: ObjectMetadata(name: "ns-\(index)", namespace: "")))
        }
        let services = (0..<serviceCount).map(service)
        let slices = (0..<serviceCount).map { slice($0) }
        return (namespaces + services + slices).map { .upserted($0) }
    }

    private static func zone(of store: ClusterStore) -> ClusterZone {
        ClusterZone(options: options, serial: 1, snapshot: store.snapshot, filter: RegistryFilter())
    }

    private static func records(_ zone: ClusterZone) -> Set<ZoneRecord> {
        var records: Set<ZoneRecord> = []
        zone.forEachRecord { records.insert($0) }
        return records
    }

    @Test func partsMakeTheZoneThatOneDeltaMakes() throws {
        var store = ClusterStore()
        let delta = store.apply(Self.objects)
        let empty = ClusterZone(options: Self.options, serial: 1)
        let grown = empty.applying(delta, serial: 2, isComplete: true)
        let made = Self.zone(of: store)
        // Own names, protocols and ports, hostnames, and what there is without Services.
        #expect(made.table.count == grown.table.count)
        try #require(Self.records(made) == Self.records(grown))
    }

    @Test func whatIsLoadedIsWhatIsApplied() throws {
        var (applied, loaded) = (ClusterStore(), ClusterStore())
        let delta = applied.apply(Self.objects)
        loaded.load(Self.objects)
        #expect(delta.services.count == Self.serviceCount)
        try #require(Self.records(Self.zone(of: loaded)) == Self.records(Self.zone(of: applied)))
    }

    @Test func changesLeadWhereAFreshBuildDoes() throws {
        var random = SplitMix64(seed: 7)
        var store = ClusterStore()
        store.load(Self.objects)
        var zone = Self.zone(of: store)
        for step in 0..<200 {
            let index = Int.random(in: 0..<Self.serviceCount, using: &random)
            let change: ClusterChange =
                switch step % 4 {
                case 0: .removed(.service, Self.name(index).key)
                case 1: .upserted(Self.service(index))
                default: .upserted(Self.slice(index, without: Int.random(in: 0...3, using: &random)))
                }
            zone = zone.applying(store.apply([change]), serial: UInt32(step) + 2, isComplete: true)
        }
        let fresh = Self.zone(of: store)
        #expect(zone.table.count == fresh.table.count)
        try #require(Self.records(zone) == Self.records(fresh))
    }
}
