/// Hashes of names above a name, and beside them.
extension FoldedName {
    /// The hash of the suffix with `count` labels.
    public func suffixHash(labelCount count: Int) -> UInt64 {
        NameHasher.hash(octets.extracting(suffixOffset(labelCount: count)..<octetCount))
    }

    /// The hash of the wildcard right below the suffix with `count` labels.
    public func wildcardHash(labelCount count: Int) -> UInt64 {
        var wildcard = InlineArray<256, UInt8>(repeating: 0)
        let start = suffixOffset(labelCount: count)
        let own = octets
        // The suffix is shorter than a name by one label at least, which takes two octets.
        (wildcard[0], wildcard[1]) = (1, UInt8(ascii: "*"))
        for index in start..<octetCount { wildcard[2 + index - start] = own[unchecked8: index] }
        // SAFETY: an octet has no padding.
        return NameHasher.hash(unsafe wildcard.span.bytes.extracting(first: 2 + octetCount - start))
    }
}
