import DNSWire

/// Sorts blocks into shards as they come, so that a whole zone is written once and copied once.
public struct NameTableBuilder: Sendable {
    private struct Part: Sendable {
        /// Blocks, one behind the other.
        var octets: [UInt8] = []
        var count = 0
    }

    /// As many as a power of two.
    private var parts: [Part]
    private var count = 0

    /// An estimate that is wrong costs time, not correctness.
    public init(expectedNameCount: Int = 0) {
        let names = NameTable.namesPerShard(of: expectedNameCount)
        var partCount = 1
        while partCount * names < expectedNameCount { partCount *= 2 }
        parts = Array(repeating: Part(), count: partCount)
    }

    /// Takes blocks that lie one behind the other.
    public mutating func append(blocks: [UInt8]) {
        sort(blocks)
        if count > 2 * NameTable.namesPerShard(of: count) * parts.count {
            split(into: NameTableBuilder(expectedNameCount: count).parts.count)
        }
    }

    private mutating func sort(_ blocks: [UInt8]) {
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
    }

    /// The table of all blocks; of two with one owner the first is kept.
    public consuming func finish() -> NameTable {
        var builders = [consume self]
        return Self.finish(&builders)
    }

    /// The table of what several builders have, which is taken from them; of two blocks with one owner the first is kept.
    public static func finish(_ builders: inout [NameTableBuilder]) -> NameTable {
        let count = builders.reduce(0) { $0 + $1.count }
        var partCount = builders.map(\.parts.count).max() ?? 1
        while count > 2 * NameTable.namesPerShard(of: count) * partCount { partCount *= 2 }
        for index in builders.indices { builders[index].split(into: partCount) }
        var shards: [TableShard] = []
        shards.reserveCapacity(partCount)
        for part in 0..<partCount {
            let pieces = builders.map { $0.parts[part] }
            shards.append(TableShard(pieces: pieces.map(\.octets), count: pieces.reduce(0) { $0 + $1.count }))
            // Given back at once, so that the zone is in memory little more than once.
            for index in builders.indices { builders[index].parts[part] = Part() }
        }
        return NameTable(shards: shards)
    }

    private mutating func split(into partCount: Int) {
        guard parts.count < partCount else { return }
        let old = parts
        parts = Array(repeating: Part(), count: partCount)
        count = 0
        for part in old { sort(part.octets) }
    }
}
