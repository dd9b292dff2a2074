public import DNSWire

/// Makes signatures with one private key; many threads may ask at once.
public protocol SignatureMaker: AnyObject, Sendable {
    /// The signature over `octets` as RRSIG holds it (RFC 6605 §4, RFC 8080 §4); nil where none can be made.
    func sign(_ octets: [UInt8]) -> [UInt8]?
}

/// A key of a zone with both its halves.
public struct SigningKey: Sendable {
    public enum Flag {
        /// The key belongs to a zone (RFC 4034 §2.1.1).
        public static let zone: UInt16 = 0x0100
        /// The secure entry point: a key that a DS record names (RFC 4034 §2.1.1).
        public static let entryPoint: UInt16 = 0x0001
        /// The key is revoked (RFC 5011 §7).
        public static let revoked: UInt16 = 0x0080
    }

    /// The algorithms that zones are signed with here (RFC 6605, RFC 8080).
    public enum Algorithm {
        public static let ecdsaP256: UInt8 = 13
        public static let ed25519: UInt8 = 15
    }

    public let zone: Name
    /// RDATA of its DNSKEY record.
    public let dnskey: [UInt8]
    public let tag: UInt16
    public let maker: any SignatureMaker

    /// nil where `dnskey` is no RDATA of a DNSKEY record.
    public init?(zone: Name, dnskey: [UInt8], maker: any SignatureMaker) {
        guard dnskey.count > 4 else { return nil }
        self.zone = zone
        self.dnskey = dnskey
        self.maker = maker
        tag = Self.tag(of: dnskey)
    }

    public var flags: UInt16 { UInt16(dnskey[0]) << 8 | UInt16(dnskey[1]) }
    public var algorithm: UInt8 { dnskey[3] }
    public var isEntryPoint: Bool { flags & Flag.entryPoint != 0 }

    /// The key tag of a DNSKEY's RDATA (RFC 4034 appendix B).
    public static func tag(of dnskey: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (index, octet) in dnskey.enumerated() { sum &+= index & 1 == 0 ? UInt32(octet) << 8 : UInt32(octet) }
        return UInt16(truncatingIfNeeded: sum &+ sum >> 16)
    }
}

extension [SigningKey] {
    /// Those that sign a record set of `type`: of each algorithm the entry points the keys, the others all else.
    ///
    /// Where an algorithm has only one of both kinds, its keys sign everything.
    public func signing(_ type: RRType) -> [SigningKey] {
        filter { key in
            let peers = filter { $0.algorithm == key.algorithm }
            let isSplit = peers.contains(where: \.isEntryPoint) && !peers.allSatisfy(\.isEntryPoint)
            return !isSplit || key.isEntryPoint == (type == .dnskey)
        }
    }
}
