import NetworkAddress

/// The reverse zones of address ranges (RFC 1035 §3.5, RFC 3596 §2.5).
enum ReverseZones {
    /// Returns the fewest zones that hold exactly the addresses of `prefix`, in the order of the addresses.
    ///
    /// Reverse zones are cut at octets (IPv4) or nibbles (IPv6): a length between two cuts gives one zone for each
    /// value of the bits up to the next cut, at most 128.
    static func zones(covering prefix: AddressPrefix) -> [String] {
        let width = prefix.base.family == .ipv4 ? 8 : 4
        let depth = (prefix.length + width - 1) / width
        let labels = (0..<depth).map { label(prefix.base, $0) }
        guard let last = labels.last else { return [zone([], prefix.base.family)] }
        return (0..<1 << (depth * width - prefix.length)).map { step in
            zone(labels.dropLast() + [last + step], prefix.base.family)
        }
    }

    /// The octet or nibble of `address` at `index`, 0 the most significant.
    private static func label(_ address: IPAddress, _ index: Int) -> Int {
        if address.family == .ipv4 { return Int(address[octet: index]) }
        let octet = address[octet: index / 2]
        return Int(index.isMultiple(of: 2) ? octet >> 4 : octet & 0xF)
    }

    private static func zone(_ labels: [Int], _ family: IPFamily) -> String {
        let radix = family == .ipv4 ? 10 : 16
        return labels.reversed().map { String($0, radix: radix) + "." }.joined()
            + (family == .ipv4 ? "in-addr.arpa." : "ip6.arpa.")
    }
}
