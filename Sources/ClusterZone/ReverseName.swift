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

    /// The same in wire form, for many addresses.
    package static func wire(of address: IPAddress) -> [UInt8] {
        var wire: [UInt8] = []
        wire.reserveCapacity(74)
        for index in (0..<address.octetCount).reversed() {
            let octet = address[octet: index]
            if address.isIPv4 {
                wire.append(octet < 10 ? 1 : octet < 100 ? 2 : 3)
                if octet >= 100 { wire.append(0x30 + octet / 100) }
                if octet >= 10 { wire.append(0x30 + octet / 10 % 10) }
                wire.append(0x30 + octet % 10)
            } else {
                for nibble in [octet & 0xF, octet >> 4] {
                    wire.append(1)
                    wire.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
                }
            }
        }
        return wire + (address.isIPv4 ? ipv4Tail : ipv6Tail)
    }

    private static let ipv4Tail: [UInt8] = [7] + Array("in-addr".utf8) + [4] + Array("arpa".utf8) + [0]
    private static let ipv6Tail: [UInt8] = [3] + Array("ip6".utf8) + [4] + Array("arpa".utf8) + [0]

    private static func nibble(_ value: UInt8) -> [UInt8] { Array(String(value, radix: 16).utf8) }
}
