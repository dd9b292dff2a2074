import DNSWire

/// Collects PTR records in any order and cuts them into leaves.
struct PointerTableBuilder<Key: AddressKey>: Sendable {
    private var rows: [PointerRow<Key>] = []
    private var labels: [UInt8] = []

    /// Takes a pointer; twice the same is once.
    mutating func append(_ address: Key, _ pointer: Pointer) {
        let label =
            switch pointer.label {
            case .dashed: PointerLabel.dashed
            case .service: PointerLabel.service
            case .named(let octets): keep(octets)
            }
        rows.append(PointerRow(address: address, label: label, service: pointer.service))
    }

    /// Takes what another has.
    mutating func append(_ other: PointerTableBuilder) {
        let offset = UInt32(labels.count)
        labels += other.labels
        rows.reserveCapacity(rows.count + other.rows.count)
        for var row in other.rows {
            if row.label >= PointerLabel.base { row.label += offset }
            rows.append(row)
        }
    }

    /// Takes every row of a leaf but those for addresses in `doubted` that `isKept` does not let pass.
    mutating func append(
        _ leaf: PointerTable<Key>.Leaf, doubted: ClosedRange<Key>, where isKept: (Key, Pointer) -> Bool
    ) {
        rows.reserveCapacity(rows.count + leaf.rows.count + 1)
        for row in leaf.rows {
            let isDoubted = doubted.contains(row.address)
            if !isDoubted, row.label < PointerLabel.base {
                rows.append(row)
                continue
            }
            let pointer = Pointer(row, labels: leaf.labels)
            if !isDoubted || isKept(row.address, pointer) { append(row.address, pointer) }
        }
    }

    /// The leaves of all that was appended; `precedes` orders what one address has.
    consuming func finish(
        rowsPerLeaf: Int? = nil, _ precedes: (Key, Pointer, Pointer) -> Bool
    ) -> [PointerTable<Key>.Leaf] {
        let rowsPerLeaf = rowsPerLeaf ?? PointerTable<Key>.rowsPerLeaf(rowCount: rows.count)
        rows.sort { $0.address < $1.address }
        var leaves: [PointerTable<Key>.Leaf] = []
        var start = 0
        while start < rows.count {
            let end = leafEnd(from: start, rowsPerLeaf)
            leaves.append(leaf(start..<end, precedes))
            start = end
        }
        return leaves
    }

    private mutating func keep(_ label: [UInt8]) -> UInt32 {
        let offset = UInt32(labels.count) + PointerLabel.base
        labels.append(UInt8(label.count))
        labels += label
        return offset
    }

    /// The rest where it is not too much, else as many rows as a leaf should have; all rows of an address stay together.
    private func leafEnd(from start: Int, _ count: Int) -> Int {
        guard rows.count - start > 2 * count else { return rows.count }
        var end = start + count
        while end < rows.count, rows[end].address == rows[end - 1].address { end += 1 }
        return end
    }

    private func leaf(_ range: Range<Int>, _ precedes: (Key, Pointer, Pointer) -> Bool) -> PointerTable<Key>.Leaf {
        var leaf = PointerTableBuilder<Key>()
        leaf.rows.reserveCapacity(range.count)
        var start = range.lowerBound
        while start < range.upperBound {
            let address = rows[start].address
            var end = start + 1
            while end < range.upperBound, rows[end].address == address { end += 1 }
            if end - start == 1, rows[start].label < PointerLabel.base {
                leaf.rows.append(rows[start])
            } else {
                let pointers = Set(rows[start..<end].map { Pointer($0, labels: labels) })
                for pointer in pointers.sorted(by: { precedes(address, $0, $1) }) { leaf.append(address, pointer) }
            }
            start = end
        }
        return PointerTable.Leaf(first: rows[range.lowerBound].address, rows: leaf.rows, labels: leaf.labels)
    }
}

extension Pointer {
    /// Reads a row back; `labels` are those of its leaf.
    init<Key>(_ row: PointerRow<Key>, labels: [UInt8]) {
        service = row.service
        switch row.label {
        case PointerLabel.dashed: label = .dashed
        case PointerLabel.service: label = .service
        default:
            let start = Int(row.label - PointerLabel.base)
            label = .named(Array(labels[start + 1..<start + 1 + Int(labels[start])]))
        }
    }
}
