/// An RR TYPE or QTYPE (RFC 1035 §3.2.2, IANA "DNS Parameters"); any 16-bit value is allowed.
public struct RRType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, since the library's comparison of raw values is a generic call.
    @inlinable
    public static func == (left: RRType, right: RRType) -> Bool { left.rawValue == right.rawValue }

    public static let a = RRType(rawValue: 1)
    public static let ns = RRType(rawValue: 2)
    public static let cname = RRType(rawValue: 5)
    public static let soa = RRType(rawValue: 6)
    public static let ptr = RRType(rawValue: 12)
    public static let hinfo = RRType(rawValue: 13)
    public static let mx = RRType(rawValue: 15)
    public static let txt = RRType(rawValue: 16)
    public static let aaaa = RRType(rawValue: 28)
    public static let srv = RRType(rawValue: 33)
    public static let naptr = RRType(rawValue: 35)
    public static let dname = RRType(rawValue: 39)
    public static let opt = RRType(rawValue: 41)
    public static let ds = RRType(rawValue: 43)
    public static let rrsig = RRType(rawValue: 46)
    public static let nsec = RRType(rawValue: 47)
    public static let dnskey = RRType(rawValue: 48)
    public static let nsec3 = RRType(rawValue: 50)
    public static let svcb = RRType(rawValue: 64)
    /// In NSEC records alone: the name does not exist (RFC 9824 §2).
    public static let nxName = RRType(rawValue: 128)
    public static let https = RRType(rawValue: 65)
    public static let tsig = RRType(rawValue: 250)
    public static let caa = RRType(rawValue: 257)
    public static let ixfr = RRType(rawValue: 251)
    public static let axfr = RRType(rawValue: 252)
    public static let any = RRType(rawValue: 255)

    private static let names: [(RRType, String)] = [
        (.a, "A"), (.ns, "NS"), (.cname, "CNAME"), (.soa, "SOA"), (.ptr, "PTR"), (.hinfo, "HINFO"), (.mx, "MX"),
        (.txt, "TXT"), (.aaaa, "AAAA"), (.srv, "SRV"), (.naptr, "NAPTR"), (.dname, "DNAME"), (.opt, "OPT"),
        (.ds, "DS"), (RRType(rawValue: 44), "SSHFP"), (.rrsig, "RRSIG"), (.nsec, "NSEC"), (.dnskey, "DNSKEY"),
        (.nsec3, "NSEC3"), (RRType(rawValue: 52), "TLSA"), (.svcb, "SVCB"), (.https, "HTTPS"), (.ixfr, "IXFR"),
        (.axfr, "AXFR"), (.any, "ANY"), (RRType(rawValue: 256), "URI"), (.caa, "CAA"),
    ]

    /// Reads a mnemonic in any case, or `TYPE123` (RFC 3597 §5).
    public init?(mnemonic: String) {
        let upper = mnemonic.uppercased()
        if let known = Self.names.first(where: { $0.1 == upper }) {
            self = known.0
        } else if let other = Self.otherNames.first(where: { $0.value == upper }) {
            self.init(rawValue: other.key)
        } else if upper.hasPrefix("TYPE"), let number = UInt16(upper.dropFirst(4)) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }
}

extension RRType: CustomStringConvertible {
    public var description: String {
        Self.names.first { $0.0 == self }?.1 ?? Self.otherNames[rawValue] ?? "TYPE\(rawValue)"
    }
}

/// A CLASS or QCLASS (RFC 1035 §3.2.4).
public struct RRClass: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, since the library's comparison of raw values is a generic call.
    @inlinable
    public static func == (left: RRClass, right: RRClass) -> Bool { left.rawValue == right.rawValue }

    public static let internet = RRClass(rawValue: 1)
    public static let chaos = RRClass(rawValue: 3)
    public static let any = RRClass(rawValue: 255)

    public var description: String {
        switch rawValue {
        case 1: "IN"
        case 3: "CH"
        case 4: "HS"
        case 254: "NONE"
        case 255: "ANY"
        default: "CLASS\(rawValue)"
        }
    }
}

/// A response code of 12 bits: four in the header, eight in OPT (RFC 6891 §6.1.3).
public struct RCODE: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, since the library's comparison of raw values is a generic call.
    @inlinable
    public static func == (left: RCODE, right: RCODE) -> Bool { left.rawValue == right.rawValue }

    public static let noError = RCODE(rawValue: 0)
    public static let yxDomain = RCODE(rawValue: 6)
    public static let formErr = RCODE(rawValue: 1)
    public static let servFail = RCODE(rawValue: 2)
    public static let nxDomain = RCODE(rawValue: 3)
    public static let notImp = RCODE(rawValue: 4)
    public static let refused = RCODE(rawValue: 5)
    public static let notAuth = RCODE(rawValue: 9)
    public static let badSig = RCODE(rawValue: 16)
    public static let badKey = RCODE(rawValue: 17)
    public static let badTime = RCODE(rawValue: 18)
    public static let badTrunc = RCODE(rawValue: 22)
    public static let badVers = RCODE(rawValue: 16)
    public static let badCookie = RCODE(rawValue: 23)

    private static let names = [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
        "NOTZONE",
    ]

    /// Those of RFC 6895 that only TSIG, TKEY and cookies give, from 16 on; 16 is BADVERS to all others.
    private static let extendedNames = [
        "BADSIG", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE",
    ]

    /// Reads a mnemonic in any case.
    public init?(mnemonic: String) {
        let upper = mnemonic.uppercased()
        if let index = Self.names.firstIndex(of: upper) {
            self.init(rawValue: UInt16(index))
        } else if let index = Self.extendedNames.firstIndex(of: upper) {
            self.init(rawValue: 16 + UInt16(index))
        } else if upper == "BADVERS" {
            self = .badVers
        } else {
            return nil
        }
    }

    /// The mnemonics CoreDNS' metrics and logs use.
    public var description: String {
        if Int(rawValue) < Self.names.count { return Self.names[Int(rawValue)] }
        return self == .badVers ? "BADVERS" : self == .badCookie ? "BADCOOKIE" : "RCODE\(rawValue)"
    }
}
