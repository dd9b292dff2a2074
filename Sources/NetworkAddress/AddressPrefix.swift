/// A range of addresses in CIDR form: `10.0.0.0/16`, `fd00::/108`.
public struct AddressPrefix: Hashable, Sendable, CustomStringConvertible {
    /// The lowest address: the bits past `length` are 0.
    public let base: IPAddress
    /// 0-32 for IPv4, 0-128 for IPv6.
    public let length: Int

    /// Clears the bits past `length`; nil when `length` does not fit the family.
    public init?(base: IPAddress, length: Int) {
        guard (0...base.bitCount).contains(length) else { return nil }
        let hostBits = base.bitCount - length
        self.length = length
        if base.family == .ipv4 {
            self.base = IPAddress(ipv4: UInt32(truncatingIfNeeded: base.low) & Self.mask32(hostBits))
        } else {
            self.base = IPAddress(
                high: base.high & Self.mask64(max(0, hostBits - 64)), low: base.low & Self.mask64(min(64, hostBits)))
        }
    }

    /// Reads `address/length`, or a bare address as a prefix of its full length.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let address = IPAddress(first) else { return nil }
        guard parts.count == 2 else {
            self.init(base: address, length: address.bitCount)
            return
        }
        guard !parts[1].isEmpty, parts[1].allSatisfy(\.isWholeNumber), let length = Int(parts[1]) else { return nil }
        self.init(base: address, length: length)
    }

    public var description: String { "\(base)/\(length)" }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.family == base.family else { return false }
        return AddressPrefix(base: address, length: length)?.base == base
    }

    private static func mask32(_ hostBits: Int) -> UInt32 { hostBits >= 32 ? 0 : ~0 << UInt32(hostBits) }
    private static func mask64(_ hostBits: Int) -> UInt64 { hostBits >= 64 ? 0 : ~0 << UInt64(hostBits) }
}
