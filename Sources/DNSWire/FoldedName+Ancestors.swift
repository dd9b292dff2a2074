/// Hashes of names above a name, and beside them.
extension FoldedName {
    /// The hash of the suffix with `count` labels.
    public func suffixHash(labelCount count: Int) -> UInt64 {
        NameHasher.hash(octets.extracting(suffixOffset(labelCount: count)..<octetCount))
    }

    /// The hash of the wildcard right below the suffix with `count` labels, which are not all of the name's.
    public func wildcardHash(labelCount count: Int) -> UInt64 {
        // The wildcard's first label takes the place of the two octets before the suffix.
        let start = suffixOffset(labelCount: count) - 2
        precondition(start >= 0, "the name has a label more, which takes two octets at least")
        let own = octets
        var hasher = NameHasher()
        var at = start
        while at < octetCount {
            let rest = octetCount - at
            var word = rest >= 8 ? UInt64(littleEndian: own[word64: at]) : Self.tail(own, at: at, count: rest)
            if at == start { word = word & ~0xFFFF | 1 | UInt64(UInt8(ascii: "*")) << 8 }
            hasher.combine(word)
            at += 8
        }
        return hasher.finish(octetCount: octetCount - start)
    }

    /// Writes that wildcard in folded wire form, and returns how many octets it has.
    public func wildcard(labelCount count: Int, into wildcard: inout InlineArray<256, UInt8>) -> Int {
        let start = suffixOffset(labelCount: count)
        let own = octets
        // The suffix is shorter than a name by one label at least, which takes two octets.
        (wildcard[0], wildcard[1]) = (1, UInt8(ascii: "*"))
        for index in start..<octetCount { wildcard[2 + index - start] = own[unchecked8: index] }
        return 2 + octetCount - start
    }
}
