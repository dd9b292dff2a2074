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
        var rest = differences.makeIterator()
        guard let first = rest.next() else { return nil }
        var next = rest.next()
        guard next != nil else {
            self = first
            return
        }
        var (removed, added, newSOA) = (Set(first.removed), Set(first.added), first.newSOA)
        while let difference = next {
            for record in difference.removed where added.remove(record) == nil { removed.insert(record) }
            for record in difference.added where removed.remove(record) == nil { added.insert(record) }
            newSOA = difference.newSOA
            next = rest.next()
        }
        self.init(oldSOA: first.oldSOA, newSOA: newSOA, removed: Array(removed), added: Array(added))
    }
}
