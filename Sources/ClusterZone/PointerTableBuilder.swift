import DNSWire

/// Collects PTR records in any order and cuts them into leaves.
struct PointerTableBuilder<Key: AddressKey> {
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

    /// Takes every row of a leaf that `isKept` lets pass.
    mutating func append(_ leaf: PointerTable<Key>.Leaf, where isKept: (Key, Pointer) -> Bool) {
        for row in leaf.rows {
            let pointer = Pointer(row, labels: leaf.labels)
            if isKept(row.address, pointer) { append(row.address, pointer) }
        }
    }

    /// The leaves of all that was appended; `precedes` orders what one address has.
    consuming func finish(_ precedes: (Key, Pointer, Pointer) -> Bool) -> [PointerTable<Key>.Leaf] {
        rows.sort { $0.address < $1.address }
        var leaves: [PointerTable<Key>.Leaf] = []
        var start = 0
        while start < rows.count {
            let end = leafEnd(from: start)
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
    private func leafEnd(from start: Int) -> Int {
        let count = PointerTable<Key>.rowsPerLeaf
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
