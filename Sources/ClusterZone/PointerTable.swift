import DNSWire

/// What an address is in a `PointerTable`: UInt32 for IPv4, UInt128 for IPv6.
protocol AddressKey: FixedWidthInteger, UnsignedInteger, BitwiseCopyable, Sendable {}

extension UInt32: AddressKey {}
extension UInt128: AddressKey {}

/// How a row says which label its target has.
enum PointerLabel {
    static let dashed: UInt32 = 0
    /// None: the target is the Service's own name.
    static let service: UInt32 = 1
    /// Added to the offset of a label among those of the leaf.
    static let base: UInt32 = 2
}

/// One PTR record: 16 octets for IPv4, 32 for IPv6.
struct PointerRow<Key: AddressKey>: BitwiseCopyable, Sendable {
    var address: Key
    /// One of `PointerLabel`, or where among the leaf's labels the endpoint's label lies.
    var label: UInt32
    /// See `Pointer.service`.
    var service: UInt64
}

/// The PTR records of one family by address: an immutable value cut into leaves, so that a change costs what it touches.
///
/// Rows lie in ascending order of addresses, so that whether there is an address below a prefix takes no table of its
/// own. Lookups take no lock and allocate nothing.
struct PointerTable<Key: AddressKey>: Sendable {
    /// Rows a leaf has after a build, beside so many others; a leaf of more than twice as many is cut.
    ///
    /// A change copies the list of leaves and makes one anew. Taking a reference to a leaf costs as much as copying some
    /// rows.
    static func rowsPerLeaf(leafCount: Int) -> Int { max(128, 8 * leafCount) }

    /// The same for a table of so many rows.
    static func rowsPerLeaf(rowCount: Int) -> Int {
        rowsPerLeaf(leafCount: Int((Double(rowCount) / 8).squareRoot()))
    }

    struct Leaf: Sendable {
        /// The address of the first row.
        var first: Key
        /// In ascending order of addresses, those of one address in the order of their targets.
        var rows: [PointerRow<Key>]
        /// Labels with their length in front.
        var labels: [UInt8]
    }

    /// In ascending order; no address has rows in two.
    private(set) var leaves: [Leaf]

    init(leaves: [Leaf] = []) { self.leaves = leaves }

    /// The rows of an address, valid as long as this table.
    @inline(__always)
    @_lifetime(borrow self)
    func pointers(to address: Key) -> PointerList<Key> {
        let leaves = leaves.span
        let place = place(of: address)
        guard place >= 0 else { return PointerList(rows: Span(), labels: RawSpan()) }
        let rows = leaves[place].rows.span
        let start = Self.lowerBound(of: address, in: rows)
        var end = start
        while end < rows.count, rows[end].address == address { end += 1 }
        // SAFETY: the leaf belongs to this table and never changes.
        return unsafe _overrideLifetime(
            PointerList(rows: rows.extracting(start..<end), labels: leaves[place].labels.span.bytes), borrowing: self)
    }

    /// Whether there is an address from `low` to `high`.
    func hasAddress(from low: Key, through high: Key) -> Bool {
        let leaves = leaves.span
        let place = max(0, place(of: low))
        for place in place..<min(place + 2, leaves.count) {
            let rows = leaves[place].rows.span
            let start = Self.lowerBound(of: low, in: rows)
            if start < rows.count { return rows[start].address <= high }
        }
        return false
    }

    /// The last leaf that may have rows of the address; -1 where it is before all.
    @inline(__always)
    func place(of address: Key) -> Int {
        let leaves = leaves.span
        var (from, to) = (0, leaves.count)
        while from < to {
            let middle = (from + to) / 2
            if leaves[middle].first <= address { from = middle + 1 } else { to = middle }
        }
        return from - 1
    }

    /// Puts `new` in the place of some leaves.
    mutating func replaceLeaves(_ range: Range<Int>, with new: [Leaf]) { leaves.replaceSubrange(range, with: new) }

    /// The first row of the address or of the next one there is.
    @inline(__always)
    private static func lowerBound(of address: Key, in rows: Span<PointerRow<Key>>) -> Int {
        var (from, count) = (0, rows.count)
        while count > 0 {
            let half = count / 2
            // SAFETY: `from + count` never passes the number of rows.
            let isBelow = unsafe rows[unchecked: from &+ half].address < address
            from = isBelow ? from &+ half &+ 1 : from
            count = isBelow ? count &- half &- 1 : half
        }
        return from
    }
}

/// The rows of one address.
struct PointerList<Key: AddressKey>: ~Escapable {
    let rows: Span<PointerRow<Key>>
    private let labels: RawSpan

    @_lifetime(copy rows, copy labels)
    init(rows: Span<PointerRow<Key>>, labels: RawSpan) {
        self.rows = rows
        self.labels = labels
    }

    /// Whether an address of a Service's own is here: then nothing else is answered (rule 9).
    var belongsToService: Bool {
        for index in rows.indices where rows[index].label == PointerLabel.service { return true }
        return false
    }

    /// The label at `offset` without its length.
    @_lifetime(copy self)
    func label(at offset: UInt32) -> RawSpan {
        let start = Int(offset - PointerLabel.base)
        return labels.extracting(start + 1..<start + 1 + Int(labels[unchecked8: start]))
    }
}
