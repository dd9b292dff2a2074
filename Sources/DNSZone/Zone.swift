public import DNSWire

/// A zone as a master file or a transfer has it: checked, immutable, ready to answer.
///
/// A class, so that a query holds it by one reference.
public final class Zone: Sendable {
    public let apex: Name
    public let suffix: NameSuffix
    /// The SOA with whole names.
    public let soa: ZoneRecord
    public let table: NameTable

    init(apex: Name, soa: ZoneRecord, table: NameTable) {
        self.apex = apex
        self.soa = soa
        self.table = table
        suffix = NameSuffix(apex)
    }

    /// The version of the zone (RFC 1982 arithmetic).
    public var serial: UInt32 {
        soa.rdata.suffix(20).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Calls `body` with every record but the SOA, in no order.
    public func forEachRecord(_ body: (ZoneRecord) -> Void) {
        table.forEachBlock { block in
            var start = 0
            guard let owner = try? Name(reading: block.name, at: &start) else { return }
            for index in 0..<block.rrsetCount {
                let rrset = block.rrset(at: index)
                var at = 0
                for _ in 0..<rrset.recordCount {
                    let record = RRsetView.record(in: rrset.records, at: at)
                    at += record.byteCount
                    var rdata: [UInt8] = []
                    rdata.append(octetsOf: record.extracting(NameBlock.Layout.recordHeader..<record.byteCount))
                    body(
                        ZoneRecord(
                            owner: owner, type: rrset.type, ttl: UInt32(bigEndian: record[word32: 6]), rdata: rdata))
                }
            }
        }
    }
}
