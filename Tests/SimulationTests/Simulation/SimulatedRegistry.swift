import ClusterModel
import ClusterZone
import DNSWire
import DNSZone
import KubernetesProtocol
import NetworkAddress

/// Our side: a reflector for each resource, the store and the zone they feed, and what the registry file holds.
struct SimulatedRegistry {
    /// What was last written to the registry file, in one transaction.
    struct File {
        var snapshot = ClusterSnapshot()
        var versions = [String](repeating: "", count: SimulatedRegistry.resources.count)
    }

    static let resources: [APIResource] = [.namespaces, .services, .endpointSlices, .pods]
    static let guardedObjectCount = 3

    private static let options: ClusterZoneOptions = {
        var options = ClusterZoneOptions(forwardZones: [], pods: .verified)
        options.setZones(["cluster.local", "in-addr.arpa", "ip6.arpa"].compactMap { try? Name($0) })
        return options
    }()
    private static let filter = RegistryFilter()

    /// Rises with each start.
    let epoch: Int
    var reflectors: [Reflector]
    var versions: [String]
    private(set) var store: ClusterStore
    private(set) var zone: ClusterZone
    private var serial: UInt32 = 1

    init(epoch: Int, file: File, seed: UInt64) {
        self.epoch = epoch
        store = ClusterStore(file.snapshot)
        versions = file.versions
        zone = ClusterZone(options: Self.options, serial: 1, snapshot: file.snapshot, filter: Self.filter)
        reflectors = Self.resources.enumerated().map { index, resource in
            Reflector(
                resource: resource, options: ReflectorOptions(guardedObjectCount: Self.guardedObjectCount),
                resumingAt: file.versions[index], knownObjectCount: file.snapshot.count(of: resource.kind),
                seed: seed &+ UInt64(index))
        }
    }

    var file: File { File(snapshot: store.snapshot, versions: versions) }

    mutating func apply(_ changes: [ClusterChange]) {
        let delta = Self.filter.filtered(store.apply(changes), in: store.snapshot)
        serial += 1
        zone = zone.applying(delta, serial: serial, isComplete: true)
    }

    /// Whether the store holds the same objects of a kind as `other`.
    func agrees(with other: ClusterSnapshot, on kind: ObjectKind) -> Bool {
        let keys = other.keys(of: kind)
        guard keys.count == store.snapshot.count(of: kind) else { return false }
        return keys.allSatisfy { store.snapshot.object(kind, $0) == other.object(kind, $0) }
    }

    func agrees(with other: ClusterSnapshot) -> Bool {
        SimulatedCluster.kinds.allSatisfy { agrees(with: other, on: $0) }
    }

    /// Whether the zone, which followed every change, equals one compiled afresh from `snapshot`.
    func zoneEqualsFresh(_ snapshot: ClusterSnapshot) -> Bool {
        let fresh = ClusterZone(options: Self.options, serial: 1, snapshot: snapshot, filter: Self.filter)
        return zone.records == fresh.records && zone.names == fresh.names
    }
}

extension ClusterZone {
    /// Every record that a question is answered with.
    fileprivate var records: Set<ZoneRecord> {
        var records: Set<ZoneRecord> = []
        forEachRecord { records.insert($0) }
        return records
    }

    /// The compiled names, also those without records (empty non-terminals).
    fileprivate var names: Set<[UInt8]> {
        var names: Set<[UInt8]> = []
        table.forEachBlock { block in
            names.insert(Array(block.copy[NameBlock.Layout.header...].prefix(block.nameOctetCount)))
        }
        return names
    }
}
