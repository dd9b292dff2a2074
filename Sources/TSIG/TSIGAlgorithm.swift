import CCrypto
package import DNSWire

/// A hash that messages are signed with (RFC 8945 §6); older ones are known to no key.
package enum TSIGAlgorithm: String, Hashable, Sendable, CaseIterable {
    case sha256 = "hmac-sha256"
    case sha384 = "hmac-sha384"
    case sha512 = "hmac-sha512"

    /// Octets of the longest MAC of any algorithm.
    package static let macOctetCountMax = 64

    /// nil for a name that is none of them.
    package init?(_ name: Name) {
        let labels = name.folded.labels
        guard labels.count == 1 else { return nil }
        self.init(rawValue: String(decoding: labels[0], as: UTF8.self))
    }

    /// The name in wire form.
    package var wire: [UInt8] { [UInt8(rawValue.utf8.count)] + Array(rawValue.utf8) + [0] }

    package var macOctetCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The HMAC of `octets` (RFC 2104).
    func mac(of octets: [UInt8], secret: [UInt8]) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: Self.macOctetCountMax)
        var count = UInt32(0)
        // SAFETY: every pointer is good for as many octets as its count says, and the MAC has room for the longest.
        let result = unsafe HMAC(
            digest, secret, Int32(clamping: secret.count), octets, octets.count, &mac, &count)
        precondition(unsafe result != nil && Int(count) == macOctetCount, "a hash of the library is always there")
        return Array(mac.prefix(Int(count)))
    }

    private var digest: OpaquePointer? {
        // SAFETY: the library's own tables, which are never freed.
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }

    /// Whether two MACs are equal, in a time that does not say where they differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count, !left.isEmpty else { return false }
        // SAFETY: both have as many octets.
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}
