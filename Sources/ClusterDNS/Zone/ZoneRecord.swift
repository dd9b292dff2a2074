import ClusterZone
import DNSWire
import DNSZone

/// One record, its RDATA with uncompressed names.
struct ZoneRecord: Hashable {
    var owner: Name
    var type: RRType
    /// Seconds.
    var ttl: UInt32
    var rdata: [UInt8]

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
    /// Every record that a question is answered with, of all zones; SOA, glue and computed names not among them.
    var records: [ZoneRecord] {
        var records: [ZoneRecord] = []
        table.forEachBlock { block in
            let octets = block.copy
            records += ZoneRecord.records(of: NameBlock(startingIn: octets.rawSpan))
        }
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

extension ZoneRecord {
    /// The visible RRsets of a block.
    static func records(of block: borrowing NameBlock) -> [ZoneRecord] {
        var folded = FoldedName()
        guard (try? folded.read(from: block.name, at: 0)) != nil else { return [] }
        let owner = folded.name
        var records: [ZoneRecord] = []
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            if rrset.isHidden { continue }
            var at = 0
            for _ in 0..<rrset.recordCount {
                let record = RRsetView.record(in: rrset.records, at: at)
                at += record.byteCount
                records.append(ZoneRecord(owner, rrset.type, record))
            }
        }
        return records
    }

    /// A record of a block: owner pointer, TYPE, CLASS, TTL, RDLENGTH, RDATA.
    private init(_ owner: Name, _ type: RRType, _ octets: RawSpan) {
        self.init(
            owner: owner, type: type, ttl: UInt32(bigEndian: octets[word32: 6]),
            rdata: (NameBlock.Layout.recordHeader..<octets.byteCount).map { octets[unchecked8: $0] })
    }
}
