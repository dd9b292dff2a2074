import DNSWire

/// The latest differences between versions of a zone, bounded in octets: what IXFR answers from (RFC 1995).
///
/// A value; a copy costs two references.
public struct ZoneJournal: Sendable {
    /// Octets of records kept at most; the oldest differences go first.
    public let octetCountMax: Int
    /// In order: each begins with the SOA that the one before it ended with.
    public private(set) var differences: [ZoneDifference] = []
    private var octetCounts: [Int] = []
    public private(set) var octetCount = 0

    public init(octetCountMax: Int = 1 << 20) { self.octetCountMax = octetCountMax }

    /// Appends a difference; one that does not follow on the last, or is larger than the journal, empties it first.
    public mutating func append(_ difference: ZoneDifference) {
        if let last = differences.last, last.newSOA.serial != difference.oldSOA.serial { removeAll() }
        let count = difference.octetCount
        guard count <= octetCountMax else { return removeAll() }
        differences.append(difference)
        octetCounts.append(count)
        octetCount += count
        var gone = 0
        while octetCount > octetCountMax {
            octetCount -= octetCounts[gone]
            gone += 1
        }
        differences.removeFirst(gone)
        octetCounts.removeFirst(gone)
    }

    public mutating func removeAll() {
        differences = []
        octetCounts = []
        octetCount = 0
    }

    /// What leads from the version with this serial to the latest; nil where the journal does not reach back so far.
    public func differences(since serial: UInt32) -> ArraySlice<ZoneDifference>? {
        guard let start = differences.firstIndex(where: { $0.oldSOA.serial == serial }) else { return nil }
        return differences[start...]
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
