/// Addresses given as prefixes, kept as ranges that do not overlap: one binary search tells whether one is among them.
public struct AddressSet: Hashable, Sendable {
    private struct Range: Hashable, Sendable {
        var first: IPAddress
        var last: IPAddress
    }

    /// Ascending.
    private let ranges: [Range]

    /// Every address of both families.
    public static let all = AddressSet(
        [IPAddress(ipv4: 0), IPAddress(high: 0, low: 0)].compactMap { AddressPrefix(base: $0, length: 0) })

    public init(_ prefixes: some Sequence<AddressPrefix>) {
        var ranges: [Range] = []
        for next in prefixes.map({ Range(first: $0.base, last: $0.last) }).sorted(by: { $0.first < $1.first }) {
            // Two prefixes are apart, or one lies in the other.
            if let last = ranges.last, next.first <= last.last { continue }
            ranges.append(next)
        }
        self.ranges = ranges
    }

    public func contains(_ address: IPAddress) -> Bool {
        let ranges = ranges.span
        var (from, to) = (0, ranges.count)
        while from < to {
            let middle = (from + to) / 2
            if ranges[middle].last < address { from = middle + 1 } else { to = middle }
        }
        return from < ranges.count && ranges[from].first <= address
    }
}

extension AddressPrefix {
    /// The highest address: the bits past `length` are 1.
    public var last: IPAddress {
        let hostBits = base.bitCount - length
        guard base.family == .ipv6 else {
            let mask = hostBits >= 32 ? UInt32.max : 1 << UInt32(hostBits) &- 1
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: base.low) | mask)
        }
        return IPAddress(
            high: base.high | Self.ones(max(0, hostBits - 64)), low: base.low | Self.ones(min(64, hostBits)))
    }

    private static func ones(_ count: Int) -> UInt64 { count >= 64 ? .max : 1 << UInt64(count) &- 1 }

    /// The IPv4 range that a range of IPv4-mapped addresses stands for; any other as it is.
    public var unmapped: AddressPrefix {
        let address = base.unmapped
        guard length >= 96, base.family != address.family else { return self }
        return AddressPrefix(base: address, length: length - 96) ?? self
    }
}

extension IPAddress {
    /// The IPv4 address that an IPv4-mapped one, `::ffff:192.0.2.1`, stands for; any other as it is.
    public var unmapped: IPAddress {
        isIPv4 || high != 0 || low >> 32 != 0xFFFF ? self : IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    }
}
