import DNSWire
import NetworkAddress

/// What a name below in-addr.arpa or ip6.arpa says: an address, or the first bits of some (RFC 1035 §3.5, RFC 3596 §2.5).
struct ReversePrefix {
    let family: IPFamily
    /// A multiple of eight bits in IPv4, of four in IPv6.
    let bitCount: Int
    /// The lowest address; the bits past `bitCount` are 0.
    let first: UInt128

    /// Takes a name that ends in in-addr.arpa or ip6.arpa, as `family` says.
    ///
    /// nil for names that are neither an address nor above one, and for another text than the canonical one.
    init?(_ name: borrowing FoldedName, _ family: IPFamily) {
        let count = name.labelCount - 2
        self.family = family
        switch family {
        case .ipv4:
            guard let value = Self.quad(name.octets, octetCount: count) else { return nil }
            first = UInt128(value)
            bitCount = 8 * count
        case .ipv6:
            guard let value = Self.nibbles(name.octets, count: count) else { return nil }
            first = value
            bitCount = 4 * count
        }
    }

    /// Takes a zone; nil where it holds no addresses.
    init?(zone: Name) {
        guard let family = ReverseName.family(of: zone) else { return nil }
        var name = FoldedName()
        name.set(zone)
        self.init(name, family)
    }

    private var addressBitCount: Int { family == .ipv4 ? 32 : 128 }

    /// The whole address, not only its first bits.
    var isAddress: Bool { bitCount == addressBitCount }

    /// The highest address; a shift by all 128 bits gives 0, and that all bits set.
    var last: UInt128 { first | (((1 as UInt128) << UInt128(addressBitCount - bitCount)) &- 1) }

    func contains(_ address: IPAddress) -> Bool {
        guard address.family == family else { return false }
        let value = UInt128(address.high) << 64 | UInt128(address.low)
        return first <= value && value <= last
    }

    /// The labels in front, each 0-255 without leading zeros; the most specific is the lowest octet.
    private static func quad(_ name: RawSpan, octetCount: Int) -> UInt32? {
        guard octetCount <= 4 else { return nil }
        var (value, at) = (UInt32(0), 0)
        for _ in 0..<octetCount {
            // Four octets are there to be read: in-addr.arpa is still to come.
            guard let octet = octet(UInt32(littleEndian: name[word32: at])) else { return nil }
            value = value >> 8 | octet << 24
            at += 1 + Int(name[unchecked8: at])
        }
        return value
    }

    /// Reads a label of one to three digits; `word` has its length in the lowest octet, then the digits.
    private static func octet(_ word: UInt32) -> UInt32? {
        let first = (word >> 8 & 0xFF) &- 0x30
        guard first <= 9 else { return nil }
        if word & 0xFF == 1 { return first }
        let second = (word >> 16 & 0xFF) &- 0x30
        guard second <= 9, first > 0 else { return nil }
        if word & 0xFF == 2 { return first * 10 + second }
        let third = (word >> 24) &- 0x30
        guard third <= 9, word & 0xFF == 3 else { return nil }
        let octet = first * 100 + second * 10 + third
        return octet <= 255 ? octet : nil
    }

    /// The labels in front, each one hexadecimal digit in lower case.
    private static func nibbles(_ name: RawSpan, count: Int) -> UInt128? {
        guard count <= 32 else { return nil }
        var value: UInt128 = 0
        for index in 0..<count {
            guard name[unchecked8: 2 * index] == 1 else { return nil }
            let digit = name[unchecked8: 2 * index + 1]
            let nibble = digit &- 0x30 <= 9 ? digit &- 0x30 : digit &- 0x57
            guard digit &- 0x30 <= 9 || digit &- 0x61 <= 5 else { return nil }
            value = value >> 4 | UInt128(nibble) << 124
        }
        return value
    }
}
