import DNSWire

/// Sorts blocks into shards as they come, so that a whole zone is written once and copied once.
public struct NameTableBuilder: ~Copyable {
    private struct Part {
        /// Blocks, one behind the other.
        var octets: [UInt8] = []
        var count = 0
    }

    /// As many as a power of two.
    private var parts: [Part]
    private var count = 0

    /// An estimate that is wrong costs time, not correctness.
    public init(expectedNameCount: Int = 0) {
        var partCount = 1
        while partCount * NameTable.namesPerShard < expectedNameCount { partCount *= 2 }
        parts = Array(repeating: Part(), count: partCount)
    }

    /// Takes blocks that lie one behind the other.
    public mutating func append(blocks: [UInt8]) {
        let shift = NameTable.shift(shardCount: parts.count)
        var at = 0
        while at < blocks.count {
            let block = NameBlock(startingIn: blocks.rawSpan.extracting(at..<blocks.count))
            let part = NameTable.shard(of: block.nameHash, shift: shift)
            parts[part].octets.append(octetsOf: block.octets)
            parts[part].count += 1
            count += 1
            at += block.octets.byteCount
        }
        if count > 2 * NameTable.namesPerShard * parts.count { split() }
    }

    /// The table of all blocks; of two with one owner the first is kept.
    public consuming func finish() -> NameTable {
        var shards: [TableShard] = []
        shards.reserveCapacity(parts.count)
        for index in parts.indices {
            shards.append(TableShard(blocks: parts[index].octets, count: parts[index].count))
            // Given back at once, so that the zone is in memory little more than once.
            parts[index] = Part()
        }
        return NameTable(shards: shards)
    }

    /// Doubles the shards until they are as full as after a full build.
    private mutating func split() {
        let old = parts
        self = NameTableBuilder(expectedNameCount: count)
        for part in old { append(blocks: part.octets) }
    }
}
