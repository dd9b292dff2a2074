import DNSWire

/// What leads from one version of a zone to a later one (RFC 1995 §4).
public struct ZoneDifference: Hashable, Sendable {
    /// The SOA before and after; their serials name the versions.
    public var oldSOA: ZoneRecord
    public var newSOA: ZoneRecord
    /// Records that are gone, and records that came; no SOA among them.
    public var removed: [ZoneRecord]
    public var added: [ZoneRecord]

    public init(oldSOA: ZoneRecord, newSOA: ZoneRecord, removed: [ZoneRecord], added: [ZoneRecord]) {
        self.oldSOA = oldSOA
        self.newSOA = newSOA
        self.removed = removed
        self.added = added
    }

    /// One difference that leads where several lead, each of which begins where the one before it ends; nil for none.
    ///
    /// What comes and goes on the way is in neither list.
    public init?(joining differences: some Sequence<ZoneDifference>) {
        let differences = Array(differences)
        guard let first = differences.first, let last = differences.last else { return nil }
        guard differences.count > 1 else {
            self = first
            return
        }
        var sum = DifferenceSum(recordCount: differences.reduce(0) { $0 + $1.removed.count + $1.added.count })
        for difference in differences {
            for record in difference.removed { sum.note(record, isAdded: false) }
            for record in difference.added { sum.note(record, isAdded: true) }
        }
        self.init(
            oldSOA: first.oldSOA, newSOA: last.newSOA, removed: sum.records(areAdded: false),
            added: sum.records(areAdded: true))
    }
}

/// What remains of differences that follow each other.
private struct DifferenceSum {
    private enum Fate { case none, removed, added }

    private var index: RecordIndex
    /// Records that came or went, each once, and what has become of them.
    private var entries: [(record: ZoneRecord, fate: Fate)] = []

    init(recordCount: Int) {
        index = RecordIndex(capacity: recordCount)
        entries.reserveCapacity(recordCount)
    }

    /// Records with another TTL are others.
    mutating func note(_ record: ZoneRecord, isAdded: Bool) {
        let hash = NameHasher.hash(
            owner: NameHasher.hash(record.owner.wire.rawSpan) ^ UInt64(record.ttl), type: record.type,
            rdata: record.rdata.rawSpan)
        let fate = isAdded ? Fate.added : .removed
        if let place = index.first(hash, where: { entries[$0].record == record }) {
            let isUndone = entries[place].fate != .none && entries[place].fate != fate
            entries[place].fate = isUndone ? .none : fate
        } else {
            index.append(hash)
            entries.append((record, fate))
        }
    }

    func records(areAdded: Bool) -> [ZoneRecord] {
        let fate = areAdded ? Fate.added : .removed
        var records: [ZoneRecord] = []
        records.reserveCapacity(entries.count { $0.fate == fate })
        for entry in entries where entry.fate == fate { records.append(entry.record) }
        return records
    }
}
