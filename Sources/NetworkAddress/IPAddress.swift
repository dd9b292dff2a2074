/// The version of IP, spelled as in `ipFamilies`.
public enum IPFamily: String, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"
}

/// An IPv4 or IPv6 address as octets, without zone or port.
///
/// Ordered by family (IPv4 first), then by octets. An IPv4-mapped IPv6 address stays IPv6.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    public let family: IPFamily
    /// The first eight octets of an IPv6 address, big-endian; 0 for IPv4.
    public let high: UInt64
    /// The last eight octets of an IPv6 address, or the four of an IPv4 address, big-endian.
    public let low: UInt64

    public init(ipv4: UInt32) {
        family = .ipv4
        high = 0
        low = UInt64(ipv4)
    }

    public init(high: UInt64, low: UInt64) {
        family = .ipv6
        self.high = high
        self.low = low
    }

    /// Takes 4 or 16 octets; nil for any other count.
    public init?(octets: [UInt8]) {
        switch octets.count {
        case 4:
            self.init(ipv4: octets.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self.init(
                high: octets[..<8].reduce(0) { $0 << 8 | UInt64($1) },
                low: octets[8...].reduce(0) { $0 << 8 | UInt64($1) })
        default:
            return nil
        }
    }

    /// 4 or 16 octets in network order.
    public var octets: [UInt8] { (0..<octetCount).map { self[octet: $0] } }

    public var octetCount: Int { family == .ipv4 ? 4 : 16 }
    public var bitCount: Int { octetCount * 8 }

    /// The octet at `index`, 0 the most significant.
    public subscript(octet index: Int) -> UInt8 {
        precondition(index >= 0 && index < octetCount, "an address has 4 or 16 octets")
        if family == .ipv4 { return UInt8(truncatingIfNeeded: low >> UInt64(24 - 8 * index)) }
        let half = index < 8 ? high : low
        return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index & 7)))
    }
}

extension IPAddress: Comparable {
    /// A comparison of the families as such would go through their texts.
    public static func == (left: IPAddress, right: IPAddress) -> Bool {
        left.low == right.low && left.high == right.high && left.rank == right.rank
    }

    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }

    private var rank: UInt8 {
        switch family {
        case .ipv4: 4
        case .ipv6: 6
        }
    }
}

extension IPAddress {
    public var isIPv4: Bool {
        switch family {
        case .ipv4: true
        case .ipv6: false
        }
    }

    /// `0.0.0.0` or `::`.
    public var isUnspecified: Bool { high == 0 && low == 0 }

    /// 127.0.0.0/8 or `::1`.
    public var isLoopback: Bool { family == .ipv4 ? low >> 24 == 127 : high == 0 && low == 1 }

    /// fe80::/10, which means nothing without its interface; 169.254.0.0/16 is usable without.
    public var isLinkLocal: Bool { family == .ipv6 && high >> 54 == 0x3FA }
}
