public import DNSWire

/// One RRset inside a `NameBlock`.
public struct RRsetView: ~Escapable {
    public let type: RRType
    public let recordCount: Int
    public let glueCount: Int
    /// Octets of each record where all are alike (A, AAAA); else 0.
    public let recordSize: Int
    public let flags: RRsetFlags
    public let records: RawSpan
    public let glue: RawSpan
    /// What each record goes on with behind its octets in `records`; empty unless they are relative.
    public let suffix: RawSpan

    @_lifetime(copy block)
    init(block: borrowing NameBlock, entry: Int) {
        let octets = block.octets
        let fields = block.load(entry, as: UInt64.self)
        type = RRType(rawValue: UInt16(truncatingIfNeeded: fields))
        recordCount = Int(fields >> 16 & 0xFFFF)
        glueCount = Int(fields >> 32 & 0xFFFF)
        recordSize = Int(fields >> 48 & 0xFF)
        flags = RRsetFlags(rawValue: UInt8(truncatingIfNeeded: fields >> 56))
        let offset = Int(block.load(entry + 8, as: UInt32.self))
        let end = offset + Int(block.load(entry + 12, as: UInt32.self))
        records = octets.extracting(offset..<end)
        glue = octets.extracting(end..<octets.byteCount)
        suffix = flags.contains(.relative) ? block.ancestor(flags.ancestorLabelCount) : octets.extracting(first: 0)
    }

    /// Hidden RRsets are kept for synthesis (SRV for any port of a protocol) and answer no question of their own.
    public var isHidden: Bool { flags.contains(.hidden) }

    /// The octets of the record at `offset` in `records` or `glue`, found by its RDLENGTH; `suffix` is not among them.
    @_lifetime(copy octets)
    public static func record(in octets: RawSpan, at offset: Int, suffixOctetCount: Int = 0) -> RawSpan {
        let length = NameBlock.Layout.recordHeader + Int(UInt16(bigEndian: octets[word16: offset + 10]))
        return octets.extracting(offset..<offset + length - suffixOctetCount)
    }

    /// Whether the address with these octets (`high` is 0 for A) is a member; binary search.
    public func hasMember(high: UInt64, low: UInt64) -> Bool {
        guard flags.contains(.members), recordSize > 0 else { return false }
        var (from, to) = (0, records.byteCount / recordSize)
        while from < to {
            let middle = (from + to) / 2
            let member = member(endingAt: (middle + 1) * recordSize)
            if member == (high, low) { return true }
            if member < (high, low) { from = middle + 1 } else { to = middle }
        }
        return false
    }

    private func member(endingAt end: Int) -> (UInt64, UInt64) {
        if type == .a { return (0, UInt64(UInt32(bigEndian: records[word32: end - 4]))) }
        return (UInt64(bigEndian: records[word64: end - 16]), UInt64(bigEndian: records[word64: end - 8]))
    }
}
