import ClusterModel
import DNSWire
package import DNSZone
import NetworkAddress

/// The records that a change took from a cluster zone and brought to it, SOAs not among them.
package struct ZoneChange: Hashable, Sendable {
    package var removed: Set<ZoneRecord>
    package var added: Set<ZoneRecord>

    /// What is in both cancels out.
    init(before: Set<ZoneRecord>, after: Set<ZoneRecord>) {
        removed = before.subtracting(after)
        added = after.subtracting(before)
    }
}

extension ClusterZone {
    /// The records that differ between this zone and the one that `edits` led to; costs what the edits touched.
    ///
    /// Of a Service or ServiceImport all names are compared, since some borrow their records from others.
    func change(to next: ClusterZone, _ delta: ClusterDelta, _ edits: ZoneEdits) -> ZoneChange {
        var (before, after) = (Set<ZoneRecord>(), Set<ZoneRecord>())
        var owners = Set<Name>()
        if options.layout == .clusterSet {
            for change in delta.serviceImports.values {
                collect(change.before.map { ServiceContent(ServiceView($0), edits.schema) }, &owners, &before)
                collect(change.after.map { ServiceContent(ServiceView($0), edits.schema) }, &owners, &after)
            }
        } else {
            for change in delta.services.values {
                collect(change.before.map { ServiceContent($0, edits.schema) }, &owners, &before)
                collect(change.after.map { ServiceContent($0, edits.schema) }, &owners, &after)
            }
        }
        var name = FoldedName()
        for owner in edits.blocks.keys where !owners.contains(owner) {
            name.set(owner)
            collect(name, &before)
            next.collect(name, &after)
        }
        for address in edits.pointers.byAddress.keys {
            forEachRecord(of: address, reverse.pointers(of: address)) { before.insert($0) }
            next.forEachRecord(of: address, next.reverse.pointers(of: address)) { after.insert($0) }
        }
        return ZoneChange(before: before, after: after)
    }

    private func collect(_ content: ServiceContent?, _ owners: inout Set<Name>, _ records: inout Set<ZoneRecord>) {
        guard let content else { return }
        var writer = NameBlockWriter()
        content.write(to: &writer)
        writer.forEachBlock { block in
            if let owner = Name(folded: block.name) { owners.insert(owner) }
        }
        NameTable(blocks: [writer.octets]).forEachRecord(ttl: options.ttl) { records.insert($0) }
    }

    private func collect(_ owner: borrowing FoldedName, _ records: inout Set<ZoneRecord>) {
        let table = table
        guard let block = table.block(for: owner) else { return }
        table.forEachRecord(of: block, ttl: options.ttl) { records.insert($0) }
    }
}

extension ReverseTable {
    /// What is known of an address.
    fileprivate func pointers(of address: IPAddress) -> [Pointer] {
        address.isIPv4
            ? ipv4.pointers(to: UInt32(key: address)).list : ipv6.pointers(to: UInt128(key: address)).list
    }
}

extension PointerList {
    fileprivate var list: [Pointer] {
        rows.indices.map { index in
            let row = rows[index]
            switch row.label {
            case PointerLabel.service: return Pointer(service: row.service, label: .service)
            case PointerLabel.dashed: return Pointer(service: row.service, label: .dashed)
            default:
                var label: [UInt8] = []
                label.append(octetsOf: self.label(at: row.label))
                return Pointer(service: row.service, label: .named(label))
            }
        }
    }
}
