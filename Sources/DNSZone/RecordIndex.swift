import DNSWire

/// Finds entries of a list by a hash of what they are; the list itself is the caller's, and may hold more than one of a hash.
///
/// An open hash table of numbers: it holds a reference to nothing, so that a difference of many records costs no more than
/// their hashes.
struct RecordIndex: Sendable {
    /// The hash of each entry, in the order of their numbers.
    private var hashes: [UInt64] = []
    /// The number of an entry plus one, 0 where there is none; a quarter is empty at least.
    private var slots: [UInt32]

    /// Has room for `capacity` entries, and grows.
    init(capacity: Int) {
        var count = 16
        while count * 3 < capacity * 4 { count *= 2 }
        slots = [UInt32](repeating: 0, count: count)
        hashes.reserveCapacity(capacity)
    }

    var count: Int { hashes.count }

    /// The first entry with this hash that `isSame` says yes to.
    func first(_ hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = Int(slots[slot]) - 1
            if hashes[entry] == hash, isSame(entry) { return entry }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Enters the next of the list.
    mutating func append(_ hash: UInt64) {
        hashes.append(hash)
        if hashes.count * 4 > slots.count * 3 {
            slots = [UInt32](repeating: 0, count: slots.count * 2)
            for entry in hashes.indices { enter(entry) }
        } else {
            enter(hashes.count - 1)
        }
    }

    private mutating func enter(_ entry: Int) {
        var slot = Int(truncatingIfNeeded: hashes[entry]) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(entry + 1)
    }
}

extension NameHasher {
    /// The hash of a record without its TTL; `owner` is the hash of its owner's name.
    static func hash(owner: UInt64, type: RRType, rdata: RawSpan) -> UInt64 {
        var hasher = NameHasher(seed: owner)
        hasher.combine(UInt64(type.rawValue))
        hasher.combine(hash(rdata))
        return hasher.finish(octetCount: rdata.byteCount)
    }
}
