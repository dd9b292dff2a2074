package import DNSWire

/// One RRset inside a `NameBlock`.
package struct RRsetView: ~Escapable {
    package let type: RRType
    package let recordCount: Int
    package let glueCount: Int
    /// Octets of each record where all are alike (A, AAAA); else 0.
    package let recordSize: Int
    package let flags: RRsetFlags
    package let records: RawSpan
    package let glue: RawSpan
    /// What each record goes on with behind its octets in `records`; empty unless they are relative.
    package let suffix: RawSpan

    @_lifetime(copy block)
    init(block: borrowing NameBlock, entry: Int) {
        let octets = block.octets
        type = RRType(rawValue: octets[word16: entry])
        recordCount = Int(octets[word16: entry + 2])
        glueCount = Int(octets[word16: entry + 4])
        recordSize = Int(octets[unchecked8: entry + 6])
        flags = RRsetFlags(rawValue: octets[unchecked8: entry + 7])
        let offset = Int(octets[word32: entry + 8])
        let end = offset + Int(octets[word32: entry + 12])
        records = octets.extracting(offset..<end)
        glue = octets.extracting(end..<octets.byteCount)
        suffix = flags.contains(.relative) ? block.ancestor(flags.ancestorLabelCount) : octets.extracting(first: 0)
    }

    /// Hidden RRsets are kept for synthesis (SRV for any port of a protocol) and answer no question of their own.
    package var isHidden: Bool { flags.contains(.hidden) }

    /// The octets of the record at `offset` in `records` or `glue`, found by its RDLENGTH; `suffix` is not among them.
    @_lifetime(copy octets)
    package static func record(in octets: RawSpan, at offset: Int, suffixOctetCount: Int = 0) -> RawSpan {
        let length = NameBlock.Layout.recordHeader + Int(UInt16(bigEndian: octets[word16: offset + 10]))
        return octets.extracting(offset..<offset + length - suffixOctetCount)
    }

    /// Whether the address with these octets (`high` is 0 for A) is a member; binary search.
    package func hasMember(high: UInt64, low: UInt64) -> Bool {
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
