import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// What one Service says about addresses: the names a PTR question for them is answered with (rule 9).
struct ReverseRecords: Hashable {
    /// Addresses that are the Service's own: they lead to its name and nothing else.
    var clusterIPs: Set<IPAddress> = []
    var endpoints: [IPAddress: Set<Name>] = [:]
    var serviceName: Name

    /// Names lie in `zone`, the primary; nil where the Service has no names.
    init?(_ view: ServiceView?, zone: Name?, options: ClusterZoneOptions) {
        guard let view, let zone, let base = ServiceName.base(of: view.service.key, in: zone) else { return nil }
        serviceName = base
        guard view.service.type != .externalName else { return }
        let published = view.publishedEndpoints(options)
        if options.ignoresEmptyServices && published.isEmpty && !view.service.isHeadless { return }
        clusterIPs = Set(view.service.clusterIPs.filter { options.families.contains($0.family) })
        for endpoint in published {
            guard let name = try? base.prepending(endpoint.label) else { continue }
            endpoints[endpoint.address, default: []].insert(name)
        }
    }

    var addresses: Set<IPAddress> { clusterIPs.union(endpoints.keys) }

    func says(about address: IPAddress) -> PointerTargets {
        PointerTargets(
            services: clusterIPs.contains(address) ? [serviceName] : [], endpoints: endpoints[address] ?? [])
    }
}

/// All names an address has, from every Service.
struct PointerTargets: Hashable {
    var services: Set<Name> = []
    var endpoints: Set<Name> = []

    /// Reads back what `block` made of them: a hidden PTR RRset, even an empty one, says that a Service owns the address.
    init(reading block: borrowing NameBlock) {
        let visible = Self.targets(block.rrset(.ptr))
        if let hidden = block.rrset(.ptr, hidden: true) {
            (services, endpoints) = (visible, Self.targets(hidden))
        } else {
            (services, endpoints) = ([], visible)
        }
    }

    init(services: Set<Name> = [], endpoints: Set<Name> = []) {
        self.services = services
        self.endpoints = endpoints
    }

    var isEmpty: Bool { services.isEmpty && endpoints.isEmpty }

    mutating func subtract(_ other: PointerTargets) {
        services.subtract(other.services)
        endpoints.subtract(other.endpoints)
    }

    mutating func formUnion(_ other: PointerTargets) {
        services.formUnion(other.services)
        endpoints.formUnion(other.endpoints)
    }

    /// While a Service owns the address, endpoint names are kept but hidden.
    func block(owner: Name, ttl: UInt32) -> [UInt8] {
        let rrsets =
            services.isEmpty
            ? [Self.rrset(endpoints, ttl: ttl)]
            : [Self.rrset(services, ttl: ttl), Self.rrset(endpoints, ttl: ttl, isHidden: true)]
        return NameBlockBuilder.build(owner: owner, rrsets: rrsets)
    }

    private static func rrset(_ names: Set<Name>, ttl: UInt32, isHidden: Bool = false) -> RRset {
        RRset(type: .ptr, ttl: ttl, rdatas: names.sorted().map(\.wire), isHidden: isHidden)
    }

    private static func targets(_ rrset: RRsetView?) -> Set<Name> {
        guard let rrset else { return [] }
        var names = Set<Name>()
        var at = 0
        var folded = FoldedName()
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at)
            if (try? folded.read(from: record, at: NameBlock.Layout.recordHeader)) != nil { names.insert(folded.name) }
            at += record.byteCount
        }
        return names
    }
}
