import ClusterModel
import DNSWire
import NetworkAddress

/// An address of a published endpoint, its label under the Service, and the ports behind it.
struct PublishedEndpoint: BitwiseCopyable {
    enum Label: Equatable, BitwiseCopyable {
        /// None: the address is the Service's own.
        case service
        /// The address with dashes, which no hostname here is.
        case dashed
        /// The index of the label among `PublishedEndpoints.labels`.
        case named(Int32)
    }

    var address: IPAddress
    var label: Label
    /// The index of its ports among the lists.
    var ports: Int32
}

/// The addresses behind a Service, each with its label and its ports.
struct PublishedEndpoints {
    /// One for each (address, label); of slices in that order, of a Service's own addresses as it lists them.
    private(set) var endpoints: [PublishedEndpoint] = []
    private(set) var portLists: [[EndpointPort]] = []
    /// Hostnames and Pods' names in lower case, each once.
    private(set) var labels: [[UInt8]] = []

    init() {}

    /// The Service's own addresses, with its own ports.
    init(addressesOf service: Service, _ schema: ZoneSchema) {
        self.init(addresses: service.clusterIPs.filter { schema.serves($0.family) }, of: service)
    }

    /// Addresses that are the Service's own, though it has others in the cluster.
    init(addresses: [IPAddress], of service: Service) {
        portLists = [service.ports.map { EndpointPort(name: $0.name, transport: $0.transport, port: $0.port) }]
        endpoints = addresses.map { PublishedEndpoint(address: $0, label: .service, ports: 0) }
    }

    /// The published endpoints of the slices, the ports of all slices joined.
    init(slicesOf view: ServiceView, _ schema: ZoneSchema) {
        guard !schema.options.noEndpoints else { return }
        endpoints.reserveCapacity(view.slices.reduce(0) { $0 + $1.endpoints.count })
        var places: [[UInt8]: Int32] = [:]
        for slice in view.slices where slice.addressType != .fqdn {
            portLists.append(slice.ports)
            append(slice.endpoints, schema, &places)
        }
        if !places.isEmpty { shareLabels(places) }
        if !isSorted { sortAndJoin() }
    }

    var isEmpty: Bool { endpoints.isEmpty }

    /// Whether all endpoints are named after their addresses.
    var areDashed: Bool { labels.isEmpty }

    /// The octets of an endpoint's label; empty for the Service itself.
    func labelOctets(of endpoint: PublishedEndpoint) -> [UInt8] { endpoint.labelOctets(labels) }

    /// Whether the endpoint may have its label below a Service's name of so many octets.
    func isNameable(_ endpoint: PublishedEndpoint, below baseOctetCount: Int) -> Bool {
        switch endpoint.label {
        case .service: true
        case .dashed where baseOctetCount + 1 + DashedLabel.octetCountMax <= Name.octetCountMax: true
        case .dashed: ServiceName.fits(labelOctetCount: DashedLabel(endpoint.address).count, below: baseOctetCount)
        case .named(let place):
            ServiceName.fits(labelOctetCount: labels[Int(place)].count, below: baseOctetCount)
        }
    }

    private mutating func append(_ list: EndpointList, _ schema: ZoneSchema, _ places: inout [[UInt8]: Int32]) {
        let ports = Int32(portLists.count - 1)
        for endpoint in list.packed where endpoint.isPublished {
            for address in endpoint.addresses where schema.serves(address.family) {
                let own = Self.ownLabel(of: endpoint, at: address, podNames: schema.options.endpointPodNames)
                let label = own.map { keep($0, &places) } ?? .dashed
                endpoints.append(PublishedEndpoint(address: address, label: label, ports: ports))
            }
        }
    }

    /// nil where the label is the address with dashes, and can be read back.
    private static func ownLabel(of endpoint: PackedEndpoint, at address: IPAddress, podNames: Bool) -> [UInt8]? {
        let podName = podNames ? endpoint.targetName : []
        let own = EndpointNames.ownLabel(hostname: endpoint.hostname, podName: podName)
        guard DashedLabel.isReversible(address) else { return own ?? EndpointNames.dashedOctets(address) }
        return own.flatMap { DashedLabel(address).equals($0.rawSpan) ? nil : $0 }
    }

    /// Where an endpoint's hostname is another's address with dashes, that is a label of both.
    private mutating func shareLabels(_ places: [[UInt8]: Int32]) {
        for index in endpoints.indices where endpoints[index].label == .dashed {
            guard let place = places[labelOctets(of: endpoints[index])] else { continue }
            endpoints[index].label = .named(place)
        }
    }

    private mutating func keep(_ label: [UInt8], _ places: inout [[UInt8]: Int32]) -> PublishedEndpoint.Label {
        let place = places[label] ?? Int32(labels.count)
        if place == labels.count {
            labels.append(label)
            places[label] = place
        }
        return .named(place)
    }
}

extension PublishedEndpoints {
    private var isSorted: Bool {
        for index in endpoints.indices.dropFirst() where endpoints[index].address <= endpoints[index - 1].address {
            return false
        }
        return true
    }

    /// Sorts by address and label; what is listed twice becomes one with the ports of both, those of the first slice first.
    private mutating func sortAndJoin() {
        sort()
        var joined: [ListPair: Int32] = [:]
        var kept = 0
        for endpoint in endpoints {
            if kept > 0, endpoints[kept - 1].isNamed(as: endpoint) {
                let pair = ListPair(first: endpoints[kept - 1].ports, second: endpoint.ports)
                let list = joined[pair] ?? join(pair)
                joined[pair] = list
                endpoints[kept - 1].ports = list
            } else {
                endpoints[kept] = endpoint
                kept += 1
            }
        }
        endpoints.removeSubrange(kept...)
    }

    private mutating func sort() {
        if sortIPv4() { return }
        let labels = labels
        endpoints.sort { left, right in
            if left.address != right.address { return left.address < right.address }
            if left.label != right.label {
                return left.labelOctets(labels).lexicographicallyPrecedes(right.labelOctets(labels))
            }
            return left.ports < right.ports
        }
    }

    /// Sorts IPv4 addresses without labels as numbers, several times as fast; false where there is anything else.
    private mutating func sortIPv4() -> Bool {
        guard labels.isEmpty, endpoints.allSatisfy({ $0.address.isIPv4 }) else { return false }
        var keys = endpoints.map { $0.address.low << 32 | UInt64(UInt32(bitPattern: $0.ports)) }
        keys.sort()
        for (index, key) in keys.enumerated() {
            endpoints[index].address = IPAddress(ipv4: UInt32(truncatingIfNeeded: key >> 32))
            endpoints[index].ports = Int32(truncatingIfNeeded: key)
        }
        return true
    }

    private struct ListPair: Hashable {
        var first: Int32
        var second: Int32
    }

    private mutating func join(_ pair: ListPair) -> Int32 {
        let known = portLists[Int(pair.first)]
        let new = portLists[Int(pair.second)].filter { !known.contains($0) }
        if new.isEmpty { return pair.first }
        portLists.append(known + new)
        return Int32(portLists.count - 1)
    }
}

extension PublishedEndpoint {
    fileprivate func labelOctets(_ labels: [[UInt8]]) -> [UInt8] {
        switch label {
        case .service: []
        case .dashed: EndpointNames.dashedOctets(address)
        case .named(let place): labels[Int(place)]
        }
    }

    fileprivate func isNamed(as other: PublishedEndpoint) -> Bool { address == other.address && label == other.label }
}

extension ServiceView {
    /// The one host name behind a headless Service whose slices hold nothing else (rule 18).
    func soleHostName(_ options: ClusterZoneOptions) -> String? {
        let published = slices.flatMap(\.endpoints).filter(\.isPublished)
        let names = Set(published.flatMap(\.hostNames))
        let hasAddress = published.contains { !$0.addresses.isEmpty }
        return names.count == 1 && !hasAddress && !options.noEndpoints ? names.first : nil
    }
}
