public import DNSWire

/// What an NSEC record says of a name (RFC 4034 §4.1.2).
extension Zone {
    /// Appends the types of a name's records, or of the wildcard's in its place, in no order; nothing where it has none.
    ///
    /// Of a zone cut these are NS and DS alone: whatever else is there is the child's (RFC 4035 §2.3).
    public func appendTypes(at name: borrowing FoldedName, to types: inout [UInt16]) {
        let table = table
        if let block = table.block(for: name) {
            let isApex = name.labelCount == suffix.labelCount
            append(typesOf: block, isApex: isApex, to: &types)
            if isApex { types.append(RRType.soa.rawValue) }
            return
        }
        let labels = closestEncloser(of: name)
        guard let encloser = table.block(hash: name.suffixHash(labelCount: labels)),
            encloser.kind == Self.wildcardMark,
            let wildcard = table.block(hash: name.wildcardHash(labelCount: labels))
        else { return }
        append(typesOf: wildcard, isApex: false, to: &types)
    }

    private func append(typesOf block: borrowing NameBlock, isApex: Bool, to types: inout [UInt16]) {
        let isCut = !isApex && block.kind == .ns
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            guard !rrset.isHidden, !isCut || rrset.type == .ns || rrset.type == .ds else { continue }
            types.append(rrset.type.rawValue)
        }
    }
}
