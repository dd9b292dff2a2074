import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// A batch of changes to a `NameTable`: what each touched name holds afterwards.
struct ZoneEdits {
    private let table: NameTable
    let options: ClusterZoneOptions
    /// nil: the name goes.
    private(set) var blocks: [Name: [UInt8]?] = [:]

    init(table: NameTable, options: ClusterZoneOptions) {
        self.table = table
        self.options = options
    }

    /// Sets the RRsets of a name; an empty list makes an empty non-terminal, nil removes the name.
    mutating func set(_ name: Name, _ rrsets: [RRset]?) {
        blocks[name] = .some(rrsets.map { NameBlockBuilder.build(owner: name, rrsets: $0) })
    }

    /// Replaces what a Service says by what it says now, forward names and addresses.
    mutating func replace(_ before: ServiceView?, by after: ServiceView?) {
        for zone in options.forwardZones { replaceForward(before, by: after, in: zone) }
        replaceReverse(before, by: after)
    }

    private mutating func replaceForward(_ before: ServiceView?, by after: ServiceView?, in zone: Name) {
        let old = before.map { ServiceRecords.rrsets(of: $0, zone: zone, options: options) } ?? [:]
        let new = after.map { ServiceRecords.rrsets(of: $0, zone: zone, options: options) } ?? [:]
        for name in old.keys where new[name] == nil { set(name, nil) }
        for (name, rrsets) in new where old[name] != rrsets { set(name, rrsets) }
    }

    private mutating func replaceReverse(_ before: ServiceView?, by after: ServiceView?) {
        guard !options.reverseZones.isEmpty, let primary = options.forwardZones.first else { return }
        let old = ReverseRecords(before, zone: primary, options: options)
        let new = ReverseRecords(after, zone: primary, options: options)
        for address in (old?.addresses ?? []).union(new?.addresses ?? []) {
            let before = old?.says(about: address) ?? PointerTargets()
            let after = new?.says(about: address) ?? PointerTargets()
            if before != after { point(address, from: before, to: after) }
        }
    }

    /// Changes one Service's share in the PTR RRset of an address, and the empty non-terminals above it.
    private mutating func point(_ address: IPAddress, from before: PointerTargets, to after: PointerTargets) {
        let owner = ReverseName.name(of: address)
        guard let zone = reverseZone(of: owner) else { return }
        var targets = PointerTargets()
        let current = block(of: owner)
        if let current { targets = PointerTargets(reading: NameBlock(startingIn: current.rawSpan)) }
        targets.subtract(before)
        targets.formUnion(after)
        blocks[owner] = .some(targets.isEmpty ? nil : targets.block(owner: owner, ttl: options.ttl))
        let change = (targets.isEmpty ? 0 : 1) - (current == nil ? 0 : 1)
        if change != 0 { countAncestors(of: owner, upTo: zone, change) }
    }

    /// The longest reverse zone that `owner` lies in.
    private func reverseZone(of owner: Name) -> Name? {
        options.reverseZones.filter { owner.isAtOrBelow($0) }.max { $0.labelCount < $1.labelCount }
    }

    /// Counts PTR names below each name between `owner` and the apex, so that those names exist (RFC 8020).
    private mutating func countAncestors(of owner: Name, upTo apex: Name, _ change: Int) {
        var ancestor = owner.parent
        while let name = ancestor, name != apex, name.labelCount > apex.labelCount {
            let count = Int(block(of: name).map(Self.count(in:)) ?? 0) + change
            blocks[name] = .some(count > 0 ? Self.countingBlock(name, UInt32(count)) : nil)
            ancestor = name.parent
        }
    }

    private static func countingBlock(_ name: Name, _ count: UInt32) -> [UInt8] {
        var payload: [UInt8] = []
        payload.append(bigEndian: count)
        return NameBlockBuilder.build(owner: name, rrsets: [], payload: payload)
    }

    private static func count(in block: [UInt8]) -> UInt32 {
        let view = NameBlock(startingIn: block.rawSpan)
        guard view.rrsetCount == 0, view.payload.byteCount >= 4 else { return 0 }
        return UInt32(bigEndian: view.payload[word32: 0])
    }

    /// The block a name has with the edits so far.
    private func block(of name: Name) -> [UInt8]? {
        if let edited = blocks[name] { return edited }
        var folded = FoldedName()
        folded.set(name)
        return table.block(for: folded)?.copy
    }
}
