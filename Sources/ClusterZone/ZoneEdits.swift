import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// A batch of changes to a zone: what each touched name holds afterwards, and what PTR records come and go.
struct ZoneEdits {
    let schema: ZoneSchema
    /// nil: the name goes.
    private(set) var blocks: [Name: [UInt8]?] = [:]
    private(set) var pointers = PointerEdits()

    init(_ schema: ZoneSchema) { self.schema = schema }

    var options: ClusterZoneOptions { schema.options }

    var isEmpty: Bool { blocks.isEmpty && pointers.isEmpty }

    /// Sets the RRsets of a name; an empty list makes an empty non-terminal, nil removes the name.
    mutating func set(_ name: Name, _ rrsets: [RRset]?) {
        blocks[name] = .some(rrsets.map { NameBlockBuilder.build(owner: name, rrsets: $0) })
    }

    /// Replaces what a Service says by what it says now, forward names and addresses.
    mutating func replace(_ old: ServiceContent?, by new: ServiceContent?) {
        replaceBlocks(old, by: new)
        guard schema.hasReverseZones else { return }
        pointers.replace(schema.pointers(of: old), by: schema.pointers(of: new))
    }

    private mutating func replaceBlocks(_ old: ServiceContent?, by new: ServiceContent?) {
        var (before, after) = (NameBlockWriter(), NameBlockWriter())
        old?.write(to: &before)
        new?.write(to: &after)
        var known: [Name: [UInt8]] = [:]
        before.forEachBlock { block in
            if let owner = Name(folded: block.name) { known[owner] = block.copy }
        }
        after.forEachBlock { block in
            guard let owner = Name(folded: block.name) else { return }
            let copy = block.copy
            if known.removeValue(forKey: owner) != copy { blocks[owner] = .some(copy) }
        }
        for owner in known.keys { blocks[owner] = .some(nil) }
    }
}
