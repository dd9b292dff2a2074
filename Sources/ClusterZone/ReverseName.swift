package import DNSWire
package import NetworkAddress

/// Owner names of PTR records (RFC 1035 §3.5, RFC 3596 §2.5).
package enum ReverseName {
    private static let ipv4Suffix: [[UInt8]] = [Array("in-addr".utf8), Array("arpa".utf8)]
    private static let ipv6Suffix: [[UInt8]] = [Array("ip6".utf8), Array("arpa".utf8)]

    package static func isReverse(_ zone: Name) -> Bool { family(of: zone) != nil }

    /// Which addresses have names at or below `zone`; nil for a zone of another kind.
    static func family(of zone: Name) -> IPFamily? {
        let tail = zone.labels.suffix(2).map { $0.map(CaseFolding.fold) }
        return tail == ipv4Suffix ? .ipv4 : tail == ipv6Suffix ? .ipv6 : nil
    }

    package static func name(of address: IPAddress) -> Name {
        let labels: [[UInt8]] =
            switch address.family {
            case .ipv4: address.octets.reversed().map { Array(String($0).utf8) } + ipv4Suffix
            case .ipv6: address.octets.reversed().flatMap { [nibble($0 & 0xF), nibble($0 >> 4)] } + ipv6Suffix
            }
        // At most 34 labels and 74 octets: within every limit.
        return (try? Name(labels: labels)) ?? .root
    }

    /// The address whose name this is, in its canonical text; nil for any other name.
    package static func address(of name: borrowing FoldedName) -> IPAddress? {
        let count = name.labelCount
        guard count > 2, name.octets.endsInARPA else { return nil }
        let family: IPFamily
        if name.label(count - 2, is: "in-addr") {
            family = .ipv4
        } else if name.label(count - 2, is: "ip6") {
            family = .ipv6
        } else {
            return nil
        }
        guard let prefix = ReversePrefix(name, family), prefix.isAddress else { return nil }
        let (high, low) = (UInt64(truncatingIfNeeded: prefix.first >> 64), UInt64(truncatingIfNeeded: prefix.first))
        return family == .ipv4 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low)
    }

    private static func nibble(_ value: UInt8) -> [UInt8] { Array(String(value, radix: 16).utf8) }
}

extension RawSpan {
    /// Whether a name's last label but the root's is `arpa`; most names fail here.
    fileprivate var endsInARPA: Bool {
        guard byteCount >= 8 else { return false }
        // "\u{4}arpa" and the root's zero, the first octet lowest.
        return UInt64(littleEndian: self[word64: byteCount - 8]) >> 16 == 0x00_61_70_72_61_04
    }
}
