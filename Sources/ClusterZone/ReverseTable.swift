import DNSWire
import DNSZone
import NetworkAddress

/// The PTR records of both families.
struct ReverseTable: Sendable {
    private(set) var ipv4 = PointerTable<UInt32>()
    private(set) var ipv6 = PointerTable<UInt128>()

    /// Whether there is an address below the prefix: then its name exists, if without data (RFC 8020).
    func hasAddress(in prefix: ReversePrefix) -> Bool {
        guard prefix.family == .ipv4 else { return ipv6.hasAddress(from: prefix.first, through: prefix.last) }
        return ipv4.hasAddress(
            from: UInt32(truncatingIfNeeded: prefix.first), through: UInt32(truncatingIfNeeded: prefix.last))
    }

    /// A table with `edits` made; `names` has the Services of the result, whose names give the order of records.
    func replacing(_ edits: PointerEdits, names: NameTable) -> ReverseTable {
        var next = self
        next.ipv4.apply(edits, .ipv4, names)
        next.ipv6.apply(edits, .ipv6, names)
        return next
    }

    /// Calls `body` with every address and what is known of it, in order.
    func forEachAddress(_ body: (IPAddress, [Pointer]) -> Void) {
        ipv4.forEachAddress(body)
        ipv6.forEachAddress(body)
    }
}

/// Collects the PTR records of a whole zone.
struct ReverseTableBuilder: Sendable {
    private var ipv4 = PointerTableBuilder<UInt32>()
    private var ipv6 = PointerTableBuilder<UInt128>()

    mutating func append(_ address: IPAddress, _ pointer: Pointer) {
        if address.isIPv4 {
            ipv4.append(UInt32(key: address), pointer)
        } else {
            ipv6.append(UInt128(key: address), pointer)
        }
    }

    /// Takes what another has.
    mutating func append(_ other: ReverseTableBuilder) {
        ipv4.append(other.ipv4)
        ipv6.append(other.ipv6)
    }

    consuming func finish(names: NameTable) -> ReverseTable {
        let order = PointerOrder(names)
        return ReverseTable(
            ipv4: PointerTable(leaves: ipv4.finish { order.precedes($0.ipAddress, $1, $2) }),
            ipv6: PointerTable(leaves: ipv6.finish { order.precedes($0.ipAddress, $1, $2) }))
    }
}

/// What a change takes from the PTR records and what it adds.
struct PointerEdits {
    private(set) var byAddress: [IPAddress: (removed: Set<Pointer>, added: Set<Pointer>)] = [:]

    var isEmpty: Bool { byAddress.isEmpty }

    /// Replaces what one Service says by what it says now.
    mutating func replace(_ before: Set<AddressPointer>, by after: Set<AddressPointer>) {
        for gone in before.subtracting(after) {
            byAddress[gone.address, default: ([], [])].removed.insert(gone.pointer)
        }
        for new in after.subtracting(before) { byAddress[new.address, default: ([], [])].added.insert(new.pointer) }
    }
}

struct AddressPointer: Hashable {
    var address: IPAddress
    var pointer: Pointer
}

/// The order of an address' PTR records: the canonical one of their targets (RFC 4034 §6.1).
private struct PointerOrder {
    private let names: NameTable

    init(_ names: NameTable) { self.names = names }

    func precedes(_ address: IPAddress, _ left: Pointer, _ right: Pointer) -> Bool {
        guard let first = left.target(of: address, in: names), let second = right.target(of: address, in: names) else {
            return left.service < right.service
        }
        return first < second
    }
}

extension PointerTable {
    /// From the last address to the first, so that the places of leaves still to be changed stay as they are.
    fileprivate mutating func apply(_ edits: PointerEdits, _ family: IPFamily, _ names: NameTable) {
        var pending = edits.byAddress.filter { $0.key.family == family }.map { (key: Key(key: $0.key), edit: $0.value) }
        pending.sort { $0.key < $1.key }
        while let last = pending.last {
            let place = max(0, place(of: last.key))
            let first = place == 0 ? Key.min : leaves[place].first
            let start = pending.firstIndex { $0.key >= first } ?? pending.startIndex
            rebuild(place, Dictionary(uniqueKeysWithValues: pending[start...].map { ($0.key, $0.edit) }), names)
            pending.removeSubrange(start...)
        }
    }

    /// Makes one leaf anew, together with the next one where both are small.
    private mutating func rebuild(
        _ place: Int, _ edits: [Key: (removed: Set<Pointer>, added: Set<Pointer>)], _ names: NameTable
    ) {
        let hasNext = place + 1 < leaves.count
        let rowsPerLeaf = Self.rowsPerLeaf(leafCount: leaves.count)
        let joins = hasNext && leaves[place].rows.count + leaves[place + 1].rows.count <= rowsPerLeaf
        let range = leaves.isEmpty ? 0..<0 : place..<place + (joins ? 2 : 1)
        var builder = PointerTableBuilder<Key>()
        let doubted = (edits.keys.min() ?? .min)...(edits.keys.max() ?? .max)
        for leaf in leaves[range] {
            builder.append(leaf, doubted: doubted) { edits[$0]?.removed.contains($1) != true }
        }
        for (address, edit) in edits { for pointer in edit.added { builder.append(address, pointer) } }
        let order = PointerOrder(names)
        replaceLeaves(
            range, with: builder.finish(rowsPerLeaf: rowsPerLeaf) { order.precedes($0.ipAddress, $1, $2) })
    }

    fileprivate func forEachAddress(_ body: (IPAddress, [Pointer]) -> Void) {
        for leaf in leaves {
            var pointers: [Pointer] = []
            for (index, row) in leaf.rows.enumerated() {
                pointers.append(Pointer(row, labels: leaf.labels))
                let isLast = index + 1 == leaf.rows.count || leaf.rows[index + 1].address != row.address
                guard isLast else { continue }
                body(row.address.ipAddress, pointers)
                pointers = []
            }
        }
    }
}

extension AddressKey {
    /// The octets of an address as a number.
    init(key address: IPAddress) {
        self.init(truncatingIfNeeded: UInt128(address.high) << 64 | UInt128(address.low))
    }

    /// The address that the number stands for.
    var ipAddress: IPAddress {
        if Self.bitWidth == 32 { return IPAddress(ipv4: UInt32(truncatingIfNeeded: self)) }
        let value = UInt128(truncatingIfNeeded: self)
        return IPAddress(
            high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }
}
