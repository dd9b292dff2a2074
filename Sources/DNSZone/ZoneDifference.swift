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
}
