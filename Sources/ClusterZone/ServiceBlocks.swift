import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// Writes the blocks of a Service that has addresses, its own or its endpoints', in one forward zone.
struct ServiceBlocks {
    /// With fewer targets a copy of the records costs less than a second lookup.
    private static let borrowingTargetCount = 8

    /// Whether the Service's own name is answered with its endpoints.
    private let isHeadless: Bool
    private let ttl: UInt32
    /// The Service's own name, `<service>.<namespace>.svc.<zone>`, in folded wire form.
    private let base: [UInt8]
    private let endpoints: PublishedEndpoints
    /// What SRV questions are answered with.
    private let targets: ServiceTargets
    /// What the Service's own name is answered with.
    private let addresses: AddressLists

    init(_ content: ServiceContent, base: [UInt8]) {
        isHeadless = content.isHeadless
        ttl = content.schema.options.ttl
        self.base = base
        endpoints = content.endpoints
        let own = isHeadless ? endpoints : content.ownAddresses
        targets = ServiceTargets(own, baseOctetCount: base.count, ttl: ttl)
        addresses = AddressLists(own.endpoints.lazy.map(\.address))
    }

    func write(to writer: inout NameBlockWriter) {
        writeOwnName(to: &writer)
        for transport in TransportProtocol.allCases { writePorts(of: transport, to: &writer) }
        if !endpoints.areDashed { writeLabels(to: &writer) }
    }

    private func writeOwnName(to writer: inout NameBlockWriter) {
        let members =
            isHeadless && endpoints.areDashed
            ? addresses : AddressLists(endpoints.endpoints.lazy.filter { $0.label == .dashed }.map(\.address))
        var hiddenCount = 0
        members.forEach { family, _ in hiddenCount += isList(of: members, family) ? 0 : 1 }
        let hasPorts = targets.all.pairCount > 0
        writer.begin(owner: base.rawSpan, rrsetCount: addresses.familyCount + (hasPorts ? 1 : 0) + hiddenCount)
        addresses.forEach { family, list in
            let flags: RRsetFlags = isList(of: members, family) ? .members : .none
            writer.append(list, family, ttl: ttl, flags)
        }
        if hasPorts { targets.write(targets.all, .none, to: &writer) }
        members.forEach { family, list in
            if !isList(of: members, family) { writer.append(hiddenMembers: list, family) }
        }
        writer.end()
    }

    /// Whether the Service's own RRset holds just the addresses that names below it are computed from.
    private func isList(of members: AddressLists, _ family: IPFamily) -> Bool {
        isHeadless && members[family] == addresses[family]
            && members[family].count <= NameBlockWriter.addressCountMax(family)
    }

    /// `_proto`, which exists but has no data of its own, and `_port._proto` under it (RFC 2782, RFC 8020).
    private func writePorts(of transport: TransportProtocol, to writer: inout NameBlockWriter) {
        let ports = targets.ports(of: transport)
        guard ports.pairCount > 0, let parent = Self.owner("_" + transport.label, above: base) else { return }
        writer.begin(owner: parent.rawSpan, rrsetCount: 1)
        if ports.pairCount == targets.all.pairCount {
            writer.append(borrowed: .srv, .hidden.union(.ancestor(1)))
        } else {
            targets.write(ports, .hidden.union(.ancestor(1)), to: &writer)
        }
        writer.end()
        for (name, ports) in targets.namedPorts(in: ports) {
            if let owner = Self.owner("_" + name, above: parent) { writePort(ports, owner: owner, to: &writer) }
        }
    }

    private func writePort(_ choice: PortChoice, owner: [UInt8], to writer: inout NameBlockWriter) {
        let own = targets.addresses(choice)
        let mayBorrow = targets.all.pairCount > Self.borrowingTargetCount
        writer.begin(owner: owner.rawSpan, rrsetCount: own.familyCount + 1)
        own.forEach { family, list in
            if mayBorrow, list.count == addresses[family].count {
                writer.append(borrowed: AddressRecords.type(of: family), .ancestor(2))
            } else {
                writer.append(list, family, ttl: ttl)
            }
        }
        if mayBorrow, choice.pairCount == targets.all.pairCount {
            writer.append(borrowed: .srv, .ancestor(2))
        } else {
            targets.write(choice, .ancestor(2), to: &writer)
        }
        writer.end()
    }

    /// The names of endpoints with a label of their own.
    private func writeLabels(to writer: inout NameBlockWriter) {
        var labels: [[UInt8]: [IPAddress]] = [:]
        for endpoint in endpoints.endpoints where endpoint.label != .dashed {
            labels[endpoints.labelOctets(of: endpoint), default: []].append(endpoint.address)
        }
        for (label, found) in labels where ServiceName.fits(labelOctetCount: label.count, below: base.count) {
            let own = AddressLists(found)
            let owner = [UInt8(label.count)] + label + base
            writer.begin(owner: owner.rawSpan, rrsetCount: own.familyCount)
            own.forEach { family, list in writer.append(list, family, ttl: ttl) }
            writer.end()
        }
    }

    /// `label` before `name` in folded wire form; nil where the label or the whole is over the limits.
    static func owner(_ label: String, above name: [UInt8]) -> [UInt8]? {
        guard ServiceName.fits(labelOctetCount: label.utf8.count, below: name.count) else { return nil }
        var owner: [UInt8] = []
        owner.reserveCapacity(1 + label.utf8.count + name.count)
        owner.append(UInt8(label.utf8.count))
        for octet in label.utf8 { owner.append(CaseFolding.fold(octet)) }
        return owner + name
    }
}
