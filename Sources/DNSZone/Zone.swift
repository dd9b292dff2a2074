public import DNSWire

/// A zone as a master file or a transfer has it: checked, immutable, ready to answer.
///
/// A class, so that a query holds it by one reference.
public final class Zone: Sendable {
    /// The TYPE of a hidden RRset that comes first at a name with a wildcard right below it.
    static let wildcardMark = RRType(rawValue: 0)

    public let apex: Name
    public let suffix: NameSuffix
    /// The SOA with whole names.
    public let soa: ZoneRecord
    /// Names that are answered, empty non-terminals and zone cuts; the names' ancestors up to the apex are among them.
    public let table: NameTable
    /// What is below zone cuts and DNAMEs, and hashed names: glue, and for transfers.
    let unanswered: NameTable
    /// What a signed zone proves denial with.
    let denial: DenialChain
    /// The hash of the apex, and the TTL of the SOA beside a negative answer.
    let apexHash: UInt64
    let negativeTTL: UInt32
    /// The SOA for answers, and for negative ones with the TTL these may be kept for (RFC 2308 §3).
    let positiveSOA: SOARecord
    let negativeSOA: SOARecord

    init(apex: Name, soa: ZoneRecord, table: NameTable, unanswered: NameTable, denial: DenialChain) {
        self.apex = apex
        self.soa = soa
        self.table = table
        self.unanswered = unanswered
        self.denial = denial
        let suffix = NameSuffix(apex)
        self.suffix = suffix
        apexHash = NameHasher.hash(suffix.octets.rawSpan)
        let minimum = soa.rdata.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
        positiveSOA = SOARecord(apex: apex, rdata: soa.rdata, ttl: soa.ttl)
        negativeTTL = min(soa.ttl, minimum)
        negativeSOA = SOARecord(apex: apex, rdata: soa.rdata, ttl: min(soa.ttl, minimum))
    }

    /// The version of the zone (RFC 1982 arithmetic).
    public var serial: UInt32 { soa.serial }
    /// Whether it was signed elsewhere.
    public var isSigned: Bool { if case .none = denial { false } else { true } }

    /// Names that have blocks: those with data, and empty non-terminals.
    public var nameCount: Int { table.count + unanswered.count }

    /// Calls `body` with every record but the SOA, in no order; owners are in lower case.
    public func forEachRecord(_ body: (ZoneRecord) -> Void) {
        for table in [table, unanswered] { table.forEachBlock { Self.forEachRecord(of: $0, body) } }
    }

    static func forEachRecord(of block: borrowing NameBlock, _ body: (ZoneRecord) -> Void) {
        var start = 0
        guard let owner = try? Name(reading: block.name, at: &start) else { return }
        for index in 0..<block.rrsetCount { forEachRecord(of: block.rrset(at: index), owner, body) }
    }

    static func forEachRecord(of rrset: RRsetView, _ owner: Name, _ body: (ZoneRecord) -> Void) {
        var at = 0
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at)
            at += record.byteCount
            var rdata: [UInt8] = []
            rdata.append(octetsOf: record.extracting(NameBlock.Layout.recordHeader..<record.byteCount))
            body(ZoneRecord(owner: owner, type: rrset.type, ttl: UInt32(bigEndian: record[word32: 6]), rdata: rdata))
        }
    }
}

extension SOARecord {
    /// From RDATA that was checked.
    init(apex: Name, rdata: [UInt8], ttl: UInt32) {
        var at = 0
        let mname = (try? Name(reading: rdata.rawSpan, at: &at)) ?? .root
        let rname = (try? Name(reading: rdata.rawSpan, at: &at)) ?? .root
        func field(_ index: Int) -> UInt32 {
            rdata.dropFirst(at + 4 * index).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        }
        var timers = Timers(minimum: field(4))
        (timers.refresh, timers.retry, timers.expire) = (field(1), field(2), field(3))
        self.init(apex: apex, mname: mname, rname: rname, serial: field(0), ttl: ttl, timers: timers)
    }
}
