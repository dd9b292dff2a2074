public import DNSWire

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
public struct NameBlock: ~Escapable {
    public enum Layout {
        public static let header = 8
        public static let directoryEntry = 16
        /// The owner pointer, TYPE, CLASS, TTL and RDLENGTH in front of RDATA.
        public static let recordHeader = 12
    }

    public let octets: RawSpan

    /// Takes a span that starts with a block and may go on behind it.
    @_lifetime(copy octets)
    public init(startingIn octets: RawSpan) {
        self.octets = octets.extracting(first: Int(octets[word32: 4]))
    }

    public var nameOctetCount: Int { Int(load(0, as: UInt16.self)) }
    public var rrsetCount: Int { Int(load(2, as: UInt16.self)) }

    /// A field of the header or the directory: no client has a say in what a block is made of.
    @inline(__always)
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        assert(offset >= 0 && offset + MemoryLayout<Value>.size <= octets.byteCount, "a field lies in its block")
        // SAFETY: `NameBlockBuilder` makes every block, with a header and as large a directory as the header says.
        return unsafe octets.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Value.self)
    }

    /// The owner name in folded wire form.
    public var name: RawSpan {
        @_lifetime(copy self)
        get { octets.extracting(Layout.header..<Layout.header + nameOctetCount) }
    }

    /// The owner name without its first `labelCount` labels, of which it has at least as many.
    @_lifetime(copy self)
    public func ancestor(_ labelCount: Int) -> RawSpan {
        var start = Layout.header
        for _ in 0..<labelCount { start += 1 + Int(octets[unchecked8: start]) }
        return octets.extracting(start..<Layout.header + nameOctetCount)
    }

    private var directoryOffset: Int { Layout.header + (nameOctetCount + 7) & ~7 }

    /// The type of the first RRset, which says what kind of node this is; `a` where there is none.
    var kind: RRType { rrsetCount == 0 ? .a : RRType(rawValue: load(directoryOffset, as: UInt16.self)) }

    public func owns(_ name: borrowing FoldedName) -> Bool {
        guard nameOctetCount == name.octetCount else { return false }
        for index in 0..<(name.octetCount + 7) / 8
        where load(Layout.header + 8 * index, as: UInt64.self) != name.word(index) {
            return false
        }
        return true
    }

    /// The hash that `FoldedName` gives the owner.
    public var nameHash: UInt64 {
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
    public func rrset(_ type: RRType, hidden: Bool = false) -> RRsetView? {
        for index in 0..<rrsetCount {
            let entry = directoryOffset + index * Layout.directoryEntry
            guard load(entry, as: UInt16.self) == type.rawValue,
                (load(entry + 7, as: UInt8.self) & RRsetFlags.hidden.rawValue != 0) == hidden
            else { continue }
            return RRsetView(block: self, entry: entry)
        }
        return nil
    }

    /// The RRset at a place in the directory, `0..<rrsetCount`.
    @_lifetime(copy self)
    public func rrset(at index: Int) -> RRsetView {
        precondition(index >= 0 && index < rrsetCount, "the block has no such RRset")
        return RRsetView(block: self, entry: directoryOffset + index * Layout.directoryEntry)
    }
}
