import DNSWire

/// The latest differences between versions of a zone, bounded in octets: what IXFR answers from (RFC 1995).
///
/// A value; a copy costs one reference.
public struct ZoneJournal: Sendable {
    /// Octets of records kept at most, 0 for none; the oldest differences go first.
    public var octetCountMax: Int { didSet { shrink() } }
    /// In order: each begins with the SOA that the one before it ended with.
    public private(set) var steps: [Step] = []
    public private(set) var octetCount = 0

    /// A difference in little memory: records as octets one after the other, as they are in a transfer.
    public struct Step: Sendable {
        public let oldSOA: ZoneRecord
        public let newSOA: ZoneRecord
        private let octets: [UInt8]
        private let removedCount: Int
        private let addedCount: Int

        /// Octets of its records in a transfer without compression.
        public var octetCount: Int { octets.count + oldSOA.octetCount + newSOA.octetCount }
    }

    /// What a second of a thousand changes of endpoints takes; a copy that is later has the zone anew, which costs it less.
    public static let octetCountDefault = 4 << 20

    public init(octetCountMax: Int = ZoneJournal.octetCountDefault) { self.octetCountMax = octetCountMax }

    /// Appends a difference; one that does not follow on the last, or is larger than the journal, empties it first.
    public mutating func append(_ difference: ZoneDifference) {
        if let last = steps.last, last.newSOA.serial != difference.oldSOA.serial { removeAll() }
        let count = difference.octetCount
        guard count <= octetCountMax else { return removeAll() }
        steps.append(Step(difference))
        octetCount += count
        shrink()
    }

    private mutating func shrink() {
        var gone = 0
        while octetCount > octetCountMax {
            octetCount -= steps[gone].octetCount
            gone += 1
        }
        steps.removeFirst(gone)
    }

    public mutating func removeAll() {
        steps = []
        octetCount = 0
    }

    /// What leads from the version with this serial to the latest; nil where the journal does not reach back so far.
    public func steps(since serial: UInt32) -> ArraySlice<Step>? {
        guard let start = steps.firstIndex(where: { $0.oldSOA.serial == serial }) else { return nil }
        return steps[start...]
    }
}

extension ZoneJournal.Step {
    public init(_ difference: ZoneDifference) {
        var octets: [UInt8] = []
        octets.reserveCapacity(
            difference.octetCount - difference.oldSOA.octetCount - difference.newSOA.octetCount)
        for record in difference.removed { octets.append(record) }
        for record in difference.added { octets.append(record) }
        self.init(
            oldSOA: difference.oldSOA, newSOA: difference.newSOA, octets: octets,
            removedCount: difference.removed.count, addedCount: difference.added.count)
    }

    /// The difference that was appended.
    public var difference: ZoneDifference {
        let (octets, removedCount) = (octets.rawSpan, removedCount)
        var (at, removed, added) = (0, [ZoneRecord](), [ZoneRecord]())
        removed.reserveCapacity(removedCount)
        added.reserveCapacity(addedCount)
        while at < octets.byteCount, let record = octets.record(at: &at) {
            if removed.count < removedCount { removed.append(record) } else { added.append(record) }
        }
        return ZoneDifference(oldSOA: oldSOA, newSOA: newSOA, removed: removed, added: added)
    }
}

extension ZoneDifference {
    /// Octets that the records take in a transfer without compression.
    public var octetCount: Int {
        [oldSOA, newSOA].reduce(0) { $0 + $1.octetCount } + removed.reduce(0) { $0 + $1.octetCount }
            + added.reduce(0) { $0 + $1.octetCount }
    }
}

extension ZoneRecord {
    /// TYPE, CLASS, TTL and RDLENGTH.
    private static let fixedOctetCount = 10

    /// Octets of the record in wire form without compression.
    public var octetCount: Int { owner.wire.count + Self.fixedOctetCount + rdata.count }
}

extension [UInt8] {
    /// OWNER, TYPE, CLASS, TTL, RDLENGTH, RDATA (RFC 1035 §4.1.3).
    fileprivate mutating func append(_ record: ZoneRecord) {
        append(contentsOf: record.owner.wire)
        append(bigEndian: record.type.rawValue)
        append(bigEndian: RRClass.internet.rawValue)
        append(bigEndian: record.ttl)
        append(bigEndian: UInt16(truncatingIfNeeded: record.rdata.count))
        append(contentsOf: record.rdata)
    }
}

extension RawSpan {
    /// What `append` above has written; nil for anything else.
    fileprivate func record(at place: inout Int) -> ZoneRecord? {
        do throws(WireError) {
            var at = place
            let owner = try Name(reading: self, at: &at)
            let (type, ttl) = (try uint16(at: at), try uint32(at: at + 4))
            let start = at + 10
            let end = start + Int(try uint16(at: at + 8))
            guard end <= byteCount else { return nil }
            var rdata: [UInt8] = []
            rdata.append(octetsOf: extracting(start..<end))
            place = end
            return ZoneRecord(owner: owner, type: RRType(rawValue: type), ttl: ttl, rdata: rdata)
        } catch {
            return nil
        }
    }
}
