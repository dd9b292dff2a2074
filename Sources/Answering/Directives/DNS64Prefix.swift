import Corefile
import DNSWire
import NetworkAddress

/// The prefix in front of IPv4 addresses that makes them IPv6 addresses (RFC 6052 §2).
struct DNS64Prefix: Hashable, Sendable {
    /// RFC 6052 §2.2.
    private static let lengths = [32, 40, 48, 56, 64, 96]

    /// RFC 6052 §2.1.
    static let wellKnown = DNS64Prefix(base: IPAddress(high: 0x64_FF9B << 32, low: 0), length: 96)

    private let base: IPAddress
    private let length: Int

    private init(base: IPAddress, length: Int) {
        self.base = base
        self.length = length
    }

    init(_ token: Token) throws(CorefileError) {
        let prefix = try token.prefix()
        guard prefix.base.family == .ipv6, Self.lengths.contains(prefix.length) else {
            throw token.refused("is no prefix for IPv4 addresses; expected IPv6 with /32, /40, /48, /56, /64 or /96")
        }
        guard prefix.base.low >> 56 == 0 else {
            throw token.refused("has bits set in 64 to 71, which must be 0 (RFC 6052); choose another prefix")
        }
        self.init(base: prefix.base, length: prefix.length)
    }

    /// The IPv6 address of an IPv4 one, whose octets go around bits 64 to 71.
    func address(of ipv4: UInt32) -> IPAddress {
        guard length < 96 else { return IPAddress(high: base.high, low: base.low | UInt64(ipv4)) }
        // The address behind the prefix as 96 bits: those up to 64, then those behind the zero octet.
        let shifted = UInt128(ipv4) << UInt128(96 - length)
        return IPAddress(
            high: base.high | UInt64(truncatingIfNeeded: shifted >> 64), low: UInt64(truncatingIfNeeded: shifted) >> 8)
    }

    /// The IPv4 address inside one with this prefix; nil for all others.
    func ipv4(in address: IPAddress) -> UInt32? {
        guard AddressPrefix(base: address, length: length)?.base == base else { return nil }
        guard length < 96 else { return UInt32(truncatingIfNeeded: address.low) }
        guard address.low >> 56 == 0 else { return nil }
        let value = UInt128(address.high) << 64 | UInt128(address.low << 8)
        return UInt32(truncatingIfNeeded: value >> UInt128(96 - length))
    }
}
