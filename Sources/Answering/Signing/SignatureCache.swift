import Synchronization

/// Signatures made before, found by what they sign; shared by all workers.
///
/// A fixed table of sets of four entries, in shards with a lock each that is held for a few dozen instructions. Neither a hit
/// nor a new entry allocates. A set gives up what nobody used since it was last looked at, so that names asked for once
/// (denials of random names) leave those that are asked for often.
package final class SignatureCache: Sendable {
    /// What is signed, and by which key: 128 bits of a keyed hash, so that nobody can make two alike.
    struct Key: Hashable, BitwiseCopyable {
        var low: UInt64
        var high: UInt64
    }

    /// A signature with the times that it covers (RFC 4034 §3.1.5), in seconds since 1970 modulo 2^32.
    struct Signature: BitwiseCopyable {
        var inception: UInt32 = 0
        /// 0: there is none.
        var expiration: UInt32 = 0
        /// The 64 octets in memory order.
        var words = InlineArray<8, UInt64>(repeating: 0)
    }

    /// What all shards did and hold.
    package struct Figures: Hashable, Sendable {
        package var entryCount = 0
        package var hitCount: UInt64 = 0
        package var missCount: UInt64 = 0

        package init() {}

        package mutating func add(_ other: Figures) {
            entryCount += other.entryCount
            hitCount &+= other.hitCount
            missCount &+= other.missCount
        }
    }

    private struct Entry: BitwiseCopyable {
        var key = Key(low: 0, high: 0)
        var signature = Signature()
        var isUsed = false
    }

    private struct Table {
        var entries: [Entry]
        var figures = Figures()
    }

    private final class Shard: Sendable {
        let table: Mutex<Table>
        init(entryCount: Int) { table = Mutex(Table(entries: .init(repeating: Entry(), count: entryCount))) }
    }

    private static let wayCount = 4
    private static let shardCount = 16
    /// Entries of a cache; one takes 104 octets.
    package static let capacities = 64...1_000_000

    private let shards: [Shard]
    /// Sets of a shard; a power of two.
    private let setCount: Int

    /// Holds at least `capacity` entries, and less than twice as many.
    package init(capacity: Int) {
        var sets = 1
        while sets * Self.wayCount * Self.shardCount < capacity { sets *= 2 }
        setCount = sets
        shards = (0..<Self.shardCount).map { _ in Shard(entryCount: sets * Self.wayCount) }
    }

    package var figures: Figures {
        shards.reduce(into: Figures()) { sum, shard in sum.add(shard.table.withLock(\.figures)) }
    }

    func find(_ key: Key) -> Signature? {
        let first = firstEntry(key)
        return shard(key).table.withLock { table in
            for index in first..<first + Self.wayCount where table.entries[index].key == key {
                guard table.entries[index].signature.expiration != 0 else { continue }
                table.entries[index].isUsed = true
                table.figures.hitCount &+= 1
                return table.entries[index].signature
            }
            table.figures.missCount &+= 1
            return nil
        }
    }

    func insert(_ signature: Signature, for key: Key) {
        let first = firstEntry(key)
        shard(key).table.withLock { table in
            let place = Self.place(for: key, in: &table, first)
            if table.entries[place].signature.expiration == 0 { table.figures.entryCount += 1 }
            table.entries[place] = Entry(key: key, signature: signature)
        }
    }

    /// The key's own entry, a free one, or one that was not used since the last time.
    private static func place(for key: Key, in table: inout Table, _ first: Int) -> Int {
        let set = first..<first + wayCount
        for index in set where table.entries[index].key == key { return index }
        for index in set where table.entries[index].signature.expiration == 0 { return index }
        // The high half of the key decides where to start, so that no way of a set is favoured.
        let start = Int(truncatingIfNeeded: key.high >> 60)
        for step in 0..<wayCount {
            let index = first + (start + step) % wayCount
            if !table.entries[index].isUsed { return index }
            table.entries[index].isUsed = false
        }
        return first + start % wayCount
    }

    private func shard(_ key: Key) -> Shard { shards[Int(truncatingIfNeeded: key.high) & (Self.shardCount - 1)] }

    private func firstEntry(_ key: Key) -> Int { (Int(truncatingIfNeeded: key.low) & (setCount - 1)) * Self.wayCount }
}
