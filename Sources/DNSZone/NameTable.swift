public import DNSWire

/// Blocks by owner name: an immutable value cut into shards, so that a change costs what it touches.
///
/// `replacing` shares every shard it does not touch. Lookups take no lock and allocate nothing.
public struct NameTable: Sendable {
    /// Names a shard of a table of `count` holds at most on average after a full build; shards are split when they grow
    /// past four times that.
    ///
    /// A change copies the list of shards and makes one anew. Copying the blocks of a Service's names costs some times as
    /// much as taking a reference to a shard, so that the sum is least where a shard has fewer names than there are shards.
    static func namesPerShard(of count: Int) -> Int {
        var names = 64
        while names * names < count / 8 { names *= 2 }
        return names
    }

    private(set) var shards: [TableShard]
    /// The number of names.
    public private(set) var count: Int

    /// The shard is chosen by the topmost bits of the hash: slots use the lowest, tags bits 32-63.
    let shardShift: UInt64

    public init() { self.init(blocks: []) }

    /// Builds from blocks made by `NameBlockBuilder`; of two with one owner the first is kept.
    public init(blocks: [[UInt8]]) {
        var builder = NameTableBuilder(expectedNameCount: blocks.count)
        for block in blocks { builder.append(blocks: block) }
        self = builder.finish()
    }

    /// Takes shards whose number is a power of two.
    init(shards: [TableShard]) {
        self.shards = shards
        count = shards.reduce(0) { $0 + $1.count }
        shardShift = Self.shift(shardCount: shards.count)
    }

    /// The block of `name`, valid as long as this table.
    @_lifetime(borrow self)
    public func block(for name: borrowing FoldedName) -> NameBlock? {
        let shards = shards.span
        let shard = shards[Self.shard(of: name.hash, shift: shardShift)]
        // SAFETY: the block lies in a shard that this table holds, and shards never change.
        return unsafe _overrideLifetime(shard.block(for: name), borrowing: self)
    }

    /// The block of the name with this hash, valid as long as this table.
    ///
    /// Hashes have 64 bits and a secret seed: that two names share one is not to be expected.
    @_lifetime(borrow self)
    public func block(hash: UInt64) -> NameBlock? {
        let shards = shards.span
        let shard = shards[Self.shard(of: hash, shift: shardShift)]
        // SAFETY: as above.
        return unsafe _overrideLifetime(shard.block(hash: hash), borrowing: self)
    }

    /// Calls `body` with every block, in no order.
    public func forEachBlock(_ body: (borrowing NameBlock) -> Void) {
        for shard in shards { shard.forEachBlock(body) }
    }

    /// A table in which each name of `edits` has the given block, or none where it is nil.
    public func replacing(_ edits: [Name: [UInt8]?]) -> NameTable {
        var byShard: [Int: [[UInt8]: [UInt8]?]] = [:]
        var folded = FoldedName()
        for (name, block) in edits {
            folded.set(name)
            byShard[Self.shard(of: folded.hash, shift: shardShift), default: [:]][name.folded.wire] = .some(block)
        }
        var next = self
        for (index, edits) in byShard {
            next.shards[index] = shards[index].replacing(edits)
            next.count += next.shards[index].count - shards[index].count
        }
        return next.count > 4 * Self.namesPerShard(of: next.count) * shards.count ? next.resharded() : next
    }

    private func resharded() -> NameTable {
        var builder = NameTableBuilder(expectedNameCount: count)
        forEachBlock { builder.append(blocks: $0.copy) }
        return builder.finish()
    }

    static func shift(shardCount: Int) -> UInt64 { UInt64(64 - shardCount.trailingZeroBitCount) }

    static func shard(of hash: UInt64, shift: UInt64) -> Int {
        // With one shard the shift is 64, which Swift's smart shift turns into 0.
        Int(truncatingIfNeeded: hash >> shift)
    }
}

extension NameBlock {
    public var copy: [UInt8] { Self.array(octets) }
    var ownerCopy: [UInt8] { Self.array(name) }

    private static func array(_ span: RawSpan) -> [UInt8] {
        var octets: [UInt8] = []
        octets.append(octetsOf: span)
        return octets
    }
}
