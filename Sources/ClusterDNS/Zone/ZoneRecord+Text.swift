import ClusterZone
import DNSWire
import DNSZone

extension ZoneRecord {
    /// A line of a master file (RFC 1035 §5.1).
    var text: String { "\(owner) \(ttl) IN \(type) \(RecordText.text(of: rdata, type))" }
}

extension [ZoneRecord] {
    /// Owners in canonical order (RFC 4034 §6.1), then types by number, then RDATA.
    var canonical: [ZoneRecord] {
        map { (key: $0.owner.canonicalKey, record: $0) }.sorted { left, right in
            if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
            let (left, right) = (left.record, right.record)
            if left.type != right.type { return left.type.rawValue < right.type.rawValue }
            return left.rdata.lexicographicallyPrecedes(right.rdata)
        }.map(\.record)
    }
}

extension Name {
    /// Octets that sort as names do: folded labels from the root, each closed by 0; 0 and 1 inside a label are escaped.
    fileprivate var canonicalKey: [UInt8] {
        labels.reversed().flatMap { label in
            label.flatMap { $0 < 2 ? [1, $0 + 1] : [CaseFolding.fold($0)] } + [0]
        }
    }
}

extension ClusterZone {
    /// Every record that a question is answered with, of all zones; SOA and glue not among them.
    var records: [ZoneRecord] {
        var records: [ZoneRecord] = []
        forEachRecord { records.append($0) }
        return records
    }

    /// The records of the zone with this index in `apexes`, in canonical order.
    func records(ofApex index: Int) -> [ZoneRecord] {
        var name = FoldedName()
        return records.filter { record in
            name.set(record.owner)
            return apexIndex(of: name) == index
        }.canonical
    }
}
