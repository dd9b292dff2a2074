import DNSWire

/// The records that prove what a signed zone does not have, in the order in which they are looked for.
enum DenialChain: Sendable {
    /// The zone is not signed.
    case none
    /// RFC 4034 §4: the hashes, as tables have them, of the owners in canonical order.
    case nsec([UInt64])
    /// RFC 5155.
    case nsec3(HashedChain)

    /// Names by their hashes.
    struct HashedChain: Sendable {
        struct Entry: Sendable {
            var digest: SHA1Digest
            /// Of the owner, as tables have it.
            var owner: UInt64
        }

        var salt: [UInt8]
        var iterations: Int
        /// In ascending order.
        var entries: [Entry]

        func digest(of name: RawSpan) -> SHA1Digest {
            SHA1Digest.ofName(name, salt: salt, iterations: iterations)
        }

        /// The owner of the record that matches the name, or else covers it: the last one before, or the last of all.
        func record(for name: RawSpan) -> (owner: UInt64, matches: Bool)? {
            guard let last = entries.last else { return nil }
            let digest = digest(of: name)
            var (low, high) = (0, entries.count)
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].digest <= digest { low = middle + 1 } else { high = middle }
            }
            guard low > 0 else { return (last.owner, false) }
            return (entries[low - 1].owner, entries[low - 1].digest == digest)
        }
    }
}

/// Canonical DNS order (RFC 4034 §6.1) of names in folded wire form.
enum CanonicalOrder {
    static func isBefore(_ left: RawSpan, _ right: RawSpan) -> Bool { compare(left, right) < 0 }

    /// Below 0 where `left` comes first, 0 where they are one name.
    static func compare(_ left: RawSpan, _ right: RawSpan) -> Int {
        var (own, other) = (InlineArray<128, UInt8>(repeating: 0), InlineArray<128, UInt8>(repeating: 0))
        let (ownCount, otherCount) = (labelStarts(left, &own), labelStarts(right, &other))
        for index in 1..<min(ownCount, otherCount) + 1 {
            let order = compareLabels(left, Int(own[ownCount - index]), right, Int(other[otherCount - index]))
            if order != 0 { return order }
        }
        return ownCount - otherCount
    }

    private static func labelStarts(_ name: RawSpan, _ starts: inout InlineArray<128, UInt8>) -> Int {
        var (at, count) = (0, 0)
        while case let length = name[unchecked8: at], length > 0 {
            starts[count] = UInt8(truncatingIfNeeded: at)
            count += 1
            at += 1 + Int(length)
        }
        return count
    }

    private static func compareLabels(_ left: RawSpan, _ own: Int, _ right: RawSpan, _ other: Int) -> Int {
        let (ownLength, otherLength) = (Int(left[unchecked8: own]), Int(right[unchecked8: other]))
        for index in 1..<min(ownLength, otherLength) + 1 {
            let order = Int(left[unchecked8: own + index]) - Int(right[unchecked8: other + index])
            if order != 0 { return order }
        }
        return ownLength - otherLength
    }
}
