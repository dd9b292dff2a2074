package import DNSWire

/// Blocks by owner name: an immutable value cut into shards, so that a change costs what it touches.
///
/// `replacing` shares every shard it does not touch. Lookups take no lock and allocate nothing.
package struct NameTable: Sendable {
    /// Names a shard holds on average after a full build; shards are split when they grow past four times that.
    private static let namesPerShard = 128

    private var shards: [TableShard]
    /// The number of names.
    package private(set) var count: Int

    /// The shard is chosen by the topmost bits of the hash: slots use the lowest, tags bits 32-63.
    private var shardShift: UInt64

    package init() {
        self.init(blocks: [])
    }

    /// Builds from blocks made by `NameBlockBuilder`; of two with one owner the first is kept.
    package init(blocks: [[UInt8]]) {
        self.init(slices: blocks.map { $0[...] })
    }

    private init(slices: [ArraySlice<UInt8>]) {
        var shardCount = 1
        while shardCount * Self.namesPerShard < slices.count { shardCount *= 2 }
        shardShift = UInt64(64 - shardCount.trailingZeroBitCount)
        var parts = [[ArraySlice<UInt8>]](repeating: [], count: shardCount)
        var seen = Set<ArraySlice<UInt8>>()
        for block in slices where seen.insert(Self.ownerOctets(block)).inserted {
            parts[Self.shard(of: Self.hash(of: block), shift: shardShift)].append(block)
        }
        shards = parts.map { TableShard(blocks: $0) }
        count = shards.reduce(0) { $0 + $1.count }
    }

    /// The block of `name`, valid as long as this table.
    @_lifetime(borrow self)
    package func block(for name: borrowing FoldedName) -> NameBlock? {
        let shards = shards.span
        let shard = shards[Self.shard(of: name.hash, shift: shardShift)]
        // SAFETY: the block lies in a shard that this table holds, and shards never change.
        return unsafe _overrideLifetime(shard.block(for: name), borrowing: self)
    }

    /// Calls `body` with every block, in no order.
    package func forEachBlock(_ body: (borrowing NameBlock) -> Void) {
        for shard in shards { shard.forEachBlock(body) }
    }

    /// A table in which each name of `edits` has the given block, or none where it is nil.
    package func replacing(_ edits: [Name: [UInt8]?]) -> NameTable {
        var byShard: [Int: [ArraySlice<UInt8>: ArraySlice<UInt8>?]] = [:]
        var folded = FoldedName()
        for (name, block) in edits {
            folded.set(name)
            let owner = name.wire.map(CaseFolding.fold)[...]
            byShard[Self.shard(of: folded.hash, shift: shardShift), default: [:]][owner] = .some(block.map { $0[...] })
        }
        var next = self
        for (index, edits) in byShard {
            next.shards[index] = shards[index].replacing(edits)
            next.count += next.shards[index].count - shards[index].count
        }
        return next.count > 4 * Self.namesPerShard * shards.count ? next.resharded() : next
    }

    private func resharded() -> NameTable {
        var blocks: [[UInt8]] = []
        forEachBlock { blocks.append($0.copy) }
        return NameTable(blocks: blocks)
    }

    private static func shard(of hash: UInt64, shift: UInt64) -> Int {
        // With one shard the shift is 64, which Swift's smart shift turns into 0.
        Int(truncatingIfNeeded: hash >> shift)
    }

    private static func ownerOctets(_ block: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let view = NameBlock(startingIn: block.rawSpan)
        return block.dropFirst(NameBlock.Layout.header).prefix(view.nameOctetCount)
    }

    private static func hash(of block: ArraySlice<UInt8>) -> UInt64 {
        NameBlock(startingIn: block.rawSpan).nameHash
    }
}

extension TableShard {
    /// A shard with the edits applied; `edits` is keyed by folded owner octets.
    func replacing(_ edits: [ArraySlice<UInt8>: ArraySlice<UInt8>?]) -> TableShard {
        var blocks: [ArraySlice<UInt8>] = []
        forEachBlock { block in
            if edits[block.ownerCopy[...]] == nil { blocks.append(block.copy[...]) }
        }
        for case .some(let block) in edits.values { blocks.append(block) }
        return TableShard(blocks: blocks)
    }
}

extension NameBlock {
    package var copy: [UInt8] { Self.array(octets) }
    var ownerCopy: [UInt8] { Self.array(name) }

    private static func array(_ span: RawSpan) -> [UInt8] {
        // SAFETY: the octets are copied before the closure returns.
        unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}

extension ArraySlice<UInt8> {
    var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: an octet has no padding.
            unsafe span.bytes
        }
    }
}
