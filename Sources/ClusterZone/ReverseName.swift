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

    private static func nibble(_ value: UInt8) -> [UInt8] { Array(String(value, radix: 16).utf8) }
}
