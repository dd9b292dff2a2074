package import DNSWire

/// Names that exist only because a client completes what it asks for by its search path.
extension ClusterZone {
    /// `endpoint.service.namespace.svc` and `_port._protocol.service.namespace.svc` are the longest names there are.
    private static let labelCountMax = 4
    private static let portLabelCountMax = 5

    /// Whether no Service or Pod could have the name, which has two labels or more below the zone at `index`.
    ///
    /// What has the shape of a name of this zone is not counted, though a search path may have made it too.
    package func isSearched(_ name: borrowing FoldedName, apex index: Int) -> Bool {
        let suffix = apexes[index].suffix
        guard !apexes[index].isReverse, serviceDepth == 1, name.labelCount >= suffix.labelCount + 2 else {
            return false
        }
        let own = name.labelCount - suffix.labelCount
        guard Self.isBranch(name.octets, at: name.suffixOffset(labelCount: suffix.labelCount + 1)) else { return true }
        let isPort = name.octets[unchecked8: 1] == UInt8(ascii: "_")
        return own > (isPort ? Self.portLabelCountMax : Self.labelCountMax)
    }

    /// Whether the label at `offset` is `svc` or `pod`.
    private static func isBranch(_ octets: RawSpan, at offset: Int) -> Bool {
        // Three octets follow this length octet at least, so that the reads stay inside.
        guard octets[unchecked8: offset] == 3 else { return false }
        let letters = (octets[unchecked8: offset + 1], octets[unchecked8: offset + 2], octets[unchecked8: offset + 3])
        switch letters {
        case (UInt8(ascii: "s"), UInt8(ascii: "v"), UInt8(ascii: "c")): return true
        case (UInt8(ascii: "p"), UInt8(ascii: "o"), UInt8(ascii: "d")): return true
        default: return false
        }
    }
}
