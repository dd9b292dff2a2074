public import DNSWire

/// Writes name blocks one behind the other into one array: an owner, then its RRsets, each with its records and glue.
public struct NameBlockWriter: Sendable {
    /// A message is never longer, so records past this many octets could not be sent anyway.
    public static let recordOctetCountMax = 65_535
    /// Glue points back at a name in the answer; a pointer reaches 0x3FFF, question and header come first.
    private static let glueReachMax = 0x3FFF - 12 - 255 - 4

    /// The blocks finished so far, and what there is of the next.
    public private(set) var octets: [UInt8] = []
    /// Where the block being written starts, and its next directory entry.
    private var (block, entry) = (0, 0)
    /// Where the records and the glue of the RRset being written start.
    private var (records, glue) = (0, 0)
    private var (recordCount, glueCount) = (0, 0)
    /// Octets of the records as an answer has them.
    private var answerOctetCount = 0

    public init() {}

    /// Forgets every block and keeps the memory.
    public mutating func removeAll() { octets.removeAll(keepingCapacity: true) }

    /// Starts the block of a name in folded wire form, which gets `rrsetCount` RRsets.
    public mutating func begin(owner: RawSpan, rrsetCount: Int) {
        block = octets.count
        append(UInt64(owner.byteCount) | UInt64(rrsetCount) << 16)
        octets.append(octetsOf: owner)
        pad()
        entry = octets.count
        octets.append(contentsOf: repeatElement(0, count: rrsetCount * NameBlock.Layout.directoryEntry))
    }

    public mutating func beginRRset() {
        (records, recordCount, glueCount, answerOctetCount) = (octets.count, 0, 0, 0)
    }

    /// Appends a record, without the `suffix` octets it ends with; where it lies in the answer, or nil past 64 KiB.
    public mutating func append(record: RawSpan, suffixOctetCount: Int = 0) -> Int? {
        let start = answerOctetCount
        guard start + record.byteCount + suffixOctetCount <= Self.recordOctetCountMax else { return nil }
        octets.append(octetsOf: record)
        answerOctetCount = start + record.byteCount + suffixOctetCount
        recordCount += 1
        return start
    }

    /// Appends octets that are no record: a hidden member.
    public mutating func append(member: RawSpan) { octets.append(octetsOf: member) }

    /// Ends the records; glue may follow.
    public mutating func endRecords() { glue = octets.count }

    /// Appends an address record for the name at `target` in the answer; left out where no pointer could reach the name.
    public mutating func append(glue record: RawSpan, for target: Int) {
        guard target <= Self.glueReachMax, octets.count - glue < Self.recordOctetCountMax else { return }
        let start = octets.count
        octets.append(octetsOf: record)
        octets[start] = UInt8(truncatingIfNeeded: target)
        octets[start + 1] = UInt8(truncatingIfNeeded: target >> 8)
        glueCount += 1
    }

    /// Writes the directory entry; `recordSize` is 0 unless all records have it.
    public mutating func endRRset(_ type: RRType, _ flags: RRsetFlags = .none, recordSize: Int = 0) {
        let head =
            UInt64(type.rawValue) | UInt64(recordCount) << 16 | UInt64(glueCount) << 32 | UInt64(recordSize) << 48
            | UInt64(flags.rawValue) << 56
        store(head, at: entry)
        store(UInt64(records - block) | UInt64(glue - records) << 32, at: entry + 8)
        entry += NameBlock.Layout.directoryEntry
    }

    /// Ends the block.
    public mutating func end() {
        pad()
        let size = octets.count - block
        for index in 0..<4 { octets[block + 4 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    }

    private mutating func pad() { octets.append(contentsOf: repeatElement(0, count: -octets.count & 7)) }

    /// Appends in little-endian order, as `NameBlock` reads.
    private mutating func append(_ word: UInt64) {
        let start = octets.count
        octets.append(contentsOf: repeatElement(0, count: 8))
        store(word, at: start)
    }

    private mutating func store(_ word: UInt64, at offset: Int) {
        var span = octets.mutableSpan
        // SAFETY: octets have no padding, so any may be read and written.
        var bytes = unsafe span.mutableBytes
        bytes.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
}

extension NameBlockWriter {
    /// Calls `body` with every finished block, in order.
    public func forEachBlock(_ body: (borrowing NameBlock) -> Void) {
        var at = 0
        while at < octets.count {
            let block = NameBlock(startingIn: octets.rawSpan.extracting(at..<octets.count))
            body(block)
            at += block.octets.byteCount
        }
    }
}
