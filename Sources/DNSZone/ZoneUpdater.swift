import DNSWire

/// Leads a zone from version to version by differences, each at the cost of what it changes.
///
/// A value that a copy of a zone holds in the zone's place. What may change how other names are answered has the whole
/// zone built anew: signatures, zone cuts, DNAME, wildcards that come or go.
public struct ZoneUpdater: Sendable {
    public private(set) var zone: Zone
    /// How many differences had the whole zone built anew.
    public private(set) var rebuildCount = 0
    /// How many names lie right below each name that has some, by its hash; nil until a difference asks for it.
    private var childCounts: [UInt64: Int]?
    /// No less than the octets of all names and RDATA.
    private var octetCount = 0

    /// Costs nothing: the names are counted when the first difference comes.
    public init(_ zone: Zone) { self.zone = zone }

    /// Goes to the version that a difference leads to.
    ///
    /// Throws `differenceDoesNotApply` where the difference starts from another version, removes what is not there or adds
    /// what is (RFC 1995 §4), and whatever a zone of these records is refused for; the zone is as before then.
    public mutating func apply(_ difference: ZoneDifference) throws(ZoneError) {
        guard difference.oldSOA.serial == zone.serial, difference.newSOA.type == .soa else {
            throw ZoneError(.differenceDoesNotApply, owner: zone.apex, line: 0)
        }
        guard let change = try change(difference) else {
            zone = try zone.applying(difference)
            rebuildCount += 1
            childCounts = nil
            return
        }
        for (name, count) in change.childCountChanges where count != 0 {
            let sum = (childCounts?[name] ?? 0) + count
            childCounts?[name] = sum > 0 ? sum : nil
        }
        octetCount += difference.octetCount
        zone = Zone(
            apex: zone.apex, soa: change.soa, table: zone.table.replacing(change.edits), unanswered: zone.unanswered,
            denial: .none)
    }

    /// nil where the whole zone has to be built.
    private mutating func change(_ difference: ZoneDifference) throws(ZoneError) -> ZoneEdit? {
        guard !zone.isSigned, var change = ZoneEdit(difference, of: zone) else { return nil }
        countNames()
        guard let childCounts, octetCount + difference.octetCount < ZoneBuilder.octetCountMax else { return nil }
        return try change.settle(childCounts) ? change : nil
    }

    private mutating func countNames() {
        guard childCounts == nil else { return }
        var counts: [UInt64: Int] = [:]
        var octets = 0
        let apexOctetCount = zone.suffix.octets.count
        zone.table.forEachBlock { block in
            octets += block.octets.byteCount
            guard block.nameOctetCount > apexOctetCount else { return }
            counts[NameHasher.hash(block.ancestor(1)), default: 0] += 1
        }
        zone.unanswered.forEachBlock { octets += $0.octets.byteCount }
        (childCounts, octetCount) = (counts, octets)
    }
}
