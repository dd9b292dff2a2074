import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// The names and RRsets of one Service in one forward zone.
struct ServiceRecords {
    private let view: ServiceView
    private let options: ClusterZoneOptions
    /// The Service's own name, `<service>.<namespace>.svc.<zone>`.
    private let base: Name
    private let endpoints: [PublishedEndpoint]
    private var rrsets: [Name: [RRset]] = [:]

    /// nil where the Service has no names at all: filtered out, or its own name over the limits.
    private init?(_ view: ServiceView, zone: Name, options: ClusterZoneOptions) {
        guard let base = ServiceName.base(of: view.service.key, in: zone) else { return nil }
        self.view = view
        self.options = options
        self.base = base
        endpoints = view.publishedEndpoints(options)
    }

    /// Owner names with their RRsets; a name with an empty list is an empty non-terminal.
    static func rrsets(of view: ServiceView, zone: Name, options: ClusterZoneOptions) -> [Name: [RRset]] {
        guard var records = ServiceRecords(view, zone: zone, options: options) else { return [:] }
        records.compile()
        return records.rrsets
    }

    private mutating func compile() {
        let service = view.service
        if service.type == .externalName {
            addAlias(to: service.externalName)
        } else if service.isHeadless {
            if endpoints.isEmpty {
                if let host = view.soleHostName(options) { addAlias(to: host) }
                return
            }
            addHeadless()
            addEndpointNames()
        } else if !(options.ignoresEmptyServices && endpoints.isEmpty) {
            addClusterIP()
            addEndpointNames()
        }
    }

    /// A CNAME, unless the target is an address or no name: then the Service has no names (rule 6).
    private mutating func addAlias(to target: String) {
        guard !target.isEmpty, IPAddress(target) == nil, let name = try? Name(target), name.labelCount > 0 else {
            return
        }
        rrsets[base] = [RRset(type: .cname, ttl: options.ttl, rdatas: [name.wire])]
    }

    private mutating func addClusterIP() {
        let addresses = view.service.clusterIPs.filter { options.families.contains($0.family) }
        let targets = view.service.ports.flatMap { port in
            addresses.map {
                SRVTarget(name: base, address: $0, port: port.port, portName: port.name, transport: port.transport)
            }
        }
        add(addressRRsets(addresses) + serviceRRset(targets), at: base)
        addPortNames(targets)
    }

    private mutating func addHeadless() {
        add(addressRRsets(endpoints.map(\.address)), at: base)
        let targets = endpoints.flatMap { endpoint -> [SRVTarget] in
            guard let name = try? base.prepending(endpoint.label) else { return [] }
            return endpoint.ports.map {
                SRVTarget(
                    name: name, address: endpoint.address, port: $0.port, portName: $0.name, transport: $0.transport)
            }
        }
        add(serviceRRset(targets), at: base)
        addPortNames(targets)
    }

    private mutating func addEndpointNames() {
        for (label, group) in Dictionary(grouping: endpoints, by: \.label) {
            guard let name = try? base.prepending(label) else { continue }
            add(addressRRsets(group.map(\.address)), at: name)
        }
    }

    /// `_proto`, which exists but has no data of its own, and `_port._proto` under it (RFC 2782, RFC 8020).
    private mutating func addPortNames(_ targets: [SRVTarget]) {
        for (transport, group) in Dictionary(grouping: targets, by: \.transport) {
            guard let parent = try? base.prepending("_\(transport.label)") else { continue }
            add(serviceRRset(group, isHidden: true), at: parent)
            for (portName, targets) in Dictionary(grouping: group, by: { $0.portName.lowercased() })
            where !portName.isEmpty {
                guard let name = try? parent.prepending("_\(portName)") else { continue }
                add(addressRRsets(targets.map(\.address)) + serviceRRset(targets), at: name)
            }
        }
    }

    private mutating func add(_ new: [RRset], at name: Name) {
        rrsets[name, default: []] += new
    }

    /// A and AAAA of the addresses, each once, in order; at most one RRset of each type.
    private func addressRRsets(_ addresses: [IPAddress]) -> [RRset] {
        AddressRecords.rrsets(of: addresses, ttl: options.ttl)
    }

    private func serviceRRset(_ targets: [SRVTarget], isHidden: Bool = false) -> [RRset] {
        SRVTarget.rrset(targets, ttl: options.ttl, isHidden: isHidden).map { [$0] } ?? []
    }
}

/// Address records as RDATA.
enum AddressRecords {
    static func type(of family: IPFamily) -> RRType { family == .ipv4 ? .a : .aaaa }

    static func rrsets(of addresses: [IPAddress], ttl: UInt32) -> [RRset] {
        IPFamily.allCases.compactMap { family in
            let own = Set(addresses.filter { $0.family == family }).sorted()
            return own.isEmpty ? nil : RRset(type: type(of: family), ttl: ttl, rdatas: own.map(\.octets))
        }
    }
}
