public import DNSWire

/// Puts the records of one zone together, in any order, and checks them.
public struct ZoneBuilder: Sendable {
    private let apex: Name
    private var soa: ZoneRecord?
    private var rrsets: [Name: [RRset]] = [:]

    public init(apex: Name) { self.apex = apex }

    /// Takes a record; `line` is where a master file has it.
    public mutating func append(_ record: ZoneRecord, line: Int = 0) throws(ZoneError) {
        guard record.type != .soa else {
            guard record.owner == apex else { throw ZoneError(.soaBelowApex, owner: record.owner, line: line) }
            guard soa == nil else { throw ZoneError(.secondSOA, owner: record.owner, line: line) }
            soa = record
            return
        }
        var sets = rrsets[record.owner] ?? []
        if let index = sets.firstIndex(where: { $0.type == record.type }) {
            sets[index].rdatas.append(record.rdata)
        } else {
            sets.append(RRset(type: record.type, ttl: record.ttl, rdatas: [record.rdata]))
        }
        rrsets[record.owner] = sets
    }

    /// The zone of all records taken.
    public consuming func finish() throws(ZoneError) -> Zone {
        guard let soa else { throw ZoneError(.noSOA, owner: apex, line: 0) }
        let blocks = rrsets.map { NameBlockBuilder.build(owner: $0.key, rrsets: $0.value) }
        return Zone(apex: apex, soa: soa, table: NameTable(blocks: blocks))
    }
}
