import DNSWire

/// The names of a zone while it is put together: each once, with a number, found by its hash.
struct ZoneNames: Sendable {
    struct Entry: Sendable {
        /// Where the folded wire form lies in `octets`.
        var start: UInt32
        var octetCount: UInt8
        var state = State.unknown
        var hasWildcard = false
        /// The last of its records, and the number of the name one label up; `none` where there is none.
        var lastRecord = ZoneNames.none
        var parent = ZoneNames.none

        var range: Range<Int> { Int(start)..<Int(start) + Int(octetCount) }
    }

    /// What a name is to the zone.
    enum State: UInt8, Sendable {
        case unknown
        /// Data that is answered, or an empty non-terminal.
        case authoritative
        /// NS below the apex: a zone cut.
        case cut
        /// Below a zone cut: answered only as glue.
        case belowCut
        /// Below a DNAME: never answered.
        case belowRedirection
        /// A hashed name, which only proofs of denial have.
        case hashed
    }

    static let none = UInt32.max

    private(set) var octets: [UInt8] = []
    var entries: [Entry] = []
    /// The upper half of the hash above the number plus one; 0: empty.
    ///
    /// The place follows from that half too, so that a larger table is made from this one alone.
    private var slots = [UInt64](repeating: 0, count: 64)

    /// The number of a name in wire form, in whatever case; added where it is new.
    mutating func index(of name: RawSpan) -> Int {
        let hash = NameHasher.hash(name)
        var slot = Self.place(hash, slots.count)
        while slots[slot] != 0 {
            if let index = match(slots[slot], hash, name) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = entries.count
        entries.append(Entry(start: UInt32(octets.count), octetCount: UInt8(name.byteCount)))
        appendFolded(name)
        slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(index + 1)
        if entries.count * 4 > slots.count * 3 { grow() }
        return index
    }

    /// The number of a name that is there.
    func find(_ name: RawSpan) -> Int? {
        let hash = NameHasher.hash(name)
        var slot = Self.place(hash, slots.count)
        while slots[slot] != 0 {
            if let index = match(slots[slot], hash, name) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// A name as a value.
    func name(_ index: Int) -> Name {
        var at = entries[index].range.lowerBound
        return (try? Name(reading: octets.rawSpan, at: &at)) ?? .root
    }

    private mutating func appendFolded(_ name: RawSpan) {
        let start = octets.count
        octets.append(octetsOf: name)
        var own = octets.mutableSpan
        for at in start..<start + name.byteCount { own[at] = CaseFolding.fold(own[at]) }
    }

    private func match(_ slot: UInt64, _ hash: UInt64, _ name: RawSpan) -> Int? {
        guard (slot ^ hash) >> 32 == 0 else { return nil }
        let index = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
        let entry = entries[index]
        guard Int(entry.octetCount) == name.byteCount else { return nil }
        let own = octets.rawSpan.extracting(entry.range)
        var at = 0
        while at + 8 <= name.byteCount {
            guard own[word64: at] == CaseFolding.fold(name[word64: at]) else { return nil }
            at += 8
        }
        while at < name.byteCount {
            guard own[unchecked8: at] == CaseFolding.fold(name[unchecked8: at]) else { return nil }
            at += 1
        }
        return index
    }

    /// Where the walk for a hash, or for a slot's value, begins.
    private static func place(_ value: UInt64, _ slotCount: Int) -> Int { Int(value >> 32) & (slotCount - 1) }

    private mutating func grow() {
        let count = slots.count * 2
        var next = [UInt64](repeating: 0, count: count)
        for value in slots where value != 0 {
            var slot = Self.place(value, count)
            while next[slot] != 0 { slot = (slot + 1) & (count - 1) }
            next[slot] = value
        }
        slots = next
    }
}
