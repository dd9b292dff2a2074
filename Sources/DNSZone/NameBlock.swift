package import DNSWire

/// All RRsets of one owner name, as octets ready to copy behind a question; a view into a `NameTable`.
///
/// Layout, integers little-endian (as every machine we run on), offsets from the block's start, size a multiple of eight:
///
///     0   UInt16  octets of the owner name          8    owner name, folded, zeros to a multiple of 8
///     2   UInt16  number of RRsets                  ..   directory: 16 octets an RRset
///     4   UInt32  octets of the block               ..   records and glue
///
/// A directory entry: UInt16 TYPE · UInt16 records · UInt16 glue records · UInt8 record size (0: they differ) ·
/// UInt8 `RRsetFlags` · UInt32 offset of the records · UInt32 octets of the records; glue follows the records.
/// A record starts with a pointer to offset 12 for its owner. A glue record starts with the offset, in the RRset's
/// records as an answer has them, of the name it is for. Members that are hidden are bare addresses, and count as no
/// records. Blocks hold no addresses of memory, so they may be moved, mapped or sent as they are.
package struct NameBlock: ~Escapable {
    package enum Layout {
        package static let header = 8
        package static let directoryEntry = 16
        /// The owner pointer, TYPE, CLASS, TTL and RDLENGTH in front of RDATA.
        package static let recordHeader = 12
    }

    package let octets: RawSpan

    /// Takes a span that starts with a block and may go on behind it.
    @_lifetime(copy octets)
    package init(startingIn octets: RawSpan) {
        self.octets = octets.extracting(first: Int(octets[word32: 4]))
    }

    package var nameOctetCount: Int { Int(octets[word16: 0]) }
    package var rrsetCount: Int { Int(octets[word16: 2]) }

    /// The owner name in folded wire form.
    package var name: RawSpan {
        @_lifetime(copy self)
        get { octets.extracting(Layout.header..<Layout.header + nameOctetCount) }
    }

    /// The owner name without its first `labelCount` labels, of which it has at least as many.
    @_lifetime(copy self)
    package func ancestor(_ labelCount: Int) -> RawSpan {
        var start = Layout.header
        for _ in 0..<labelCount { start += 1 + Int(octets[unchecked8: start]) }
        return octets.extracting(start..<Layout.header + nameOctetCount)
    }

    private var directoryOffset: Int { Layout.header + (nameOctetCount + 7) & ~7 }

    package func owns(_ name: borrowing FoldedName) -> Bool {
        guard nameOctetCount == name.octetCount else { return false }
        for index in 0..<(name.octetCount + 7) / 8 where octets[word64: Layout.header + 8 * index] != name.word(index) {
            return false
        }
        return true
    }

    /// The hash that `FoldedName` gives the owner.
    package var nameHash: UInt64 {
        let count = nameOctetCount
        var hasher = NameHasher()
        var at = Layout.header
        while at < Layout.header + count {
            hasher.combine(octets[word64: at])
            at += 8
        }
        return hasher.finish(octetCount: count)
    }

    /// The RRset of `type`; hidden ones only where `hidden` asks for them.
    @_lifetime(copy self)
    package func rrset(_ type: RRType, hidden: Bool = false) -> RRsetView? {
        for index in 0..<rrsetCount {
            let entry = directoryOffset + index * Layout.directoryEntry
            guard octets[word16: entry] == type.rawValue, (octets[unchecked8: entry + 7] & 1 != 0) == hidden else {
                continue
            }
            return RRsetView(block: self, entry: entry)
        }
        return nil
    }

    /// The RRset at a place in the directory, `0..<rrsetCount`.
    @_lifetime(copy self)
    package func rrset(at index: Int) -> RRsetView {
        precondition(index >= 0 && index < rrsetCount, "the block has no such RRset")
        return RRsetView(block: self, entry: directoryOffset + index * Layout.directoryEntry)
    }
}
