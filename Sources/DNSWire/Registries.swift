/// An RR TYPE or QTYPE (RFC 1035 §3.2.2, IANA "DNS Parameters"); any 16-bit value is allowed.
package struct RRType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, since the library's comparison of raw values is a generic call.
    @inlinable
    package static func == (left: RRType, right: RRType) -> Bool { left.rawValue == right.rawValue }

    package static let a = RRType(rawValue: 1)
    package static let ns = RRType(rawValue: 2)
    package static let cname = RRType(rawValue: 5)
    package static let soa = RRType(rawValue: 6)
    package static let ptr = RRType(rawValue: 12)
    package static let hinfo = RRType(rawValue: 13)
    package static let mx = RRType(rawValue: 15)
    package static let txt = RRType(rawValue: 16)
    package static let aaaa = RRType(rawValue: 28)
    package static let srv = RRType(rawValue: 33)
    package static let naptr = RRType(rawValue: 35)
    package static let dname = RRType(rawValue: 39)
    package static let opt = RRType(rawValue: 41)
    package static let ds = RRType(rawValue: 43)
    package static let rrsig = RRType(rawValue: 46)
    package static let nsec = RRType(rawValue: 47)
    package static let dnskey = RRType(rawValue: 48)
    package static let nsec3 = RRType(rawValue: 50)
    package static let svcb = RRType(rawValue: 64)
    package static let https = RRType(rawValue: 65)
    package static let ixfr = RRType(rawValue: 251)
    package static let axfr = RRType(rawValue: 252)
    package static let any = RRType(rawValue: 255)

    private static let names: [(RRType, String)] = [
        (.a, "A"), (.ns, "NS"), (.cname, "CNAME"), (.soa, "SOA"), (.ptr, "PTR"), (.hinfo, "HINFO"), (.mx, "MX"),
        (.txt, "TXT"), (.aaaa, "AAAA"), (.srv, "SRV"), (.naptr, "NAPTR"), (.dname, "DNAME"), (.opt, "OPT"),
        (.ds, "DS"), (RRType(rawValue: 44), "SSHFP"), (.rrsig, "RRSIG"), (.nsec, "NSEC"), (.dnskey, "DNSKEY"),
        (.nsec3, "NSEC3"), (RRType(rawValue: 52), "TLSA"), (.svcb, "SVCB"), (.https, "HTTPS"), (.ixfr, "IXFR"),
        (.axfr, "AXFR"), (.any, "ANY"), (RRType(rawValue: 256), "URI"), (RRType(rawValue: 257), "CAA"),
    ]

    /// Reads a mnemonic in any case, or `TYPE123` (RFC 3597 §5).
    package init?(mnemonic: String) {
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
    package var description: String {
        Self.names.first { $0.0 == self }?.1 ?? Self.otherNames[rawValue] ?? "TYPE\(rawValue)"
    }
}

/// A CLASS or QCLASS (RFC 1035 §3.2.4).
package struct RRClass: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, since the library's comparison of raw values is a generic call.
    @inlinable
    package static func == (left: RRClass, right: RRClass) -> Bool { left.rawValue == right.rawValue }

    package static let internet = RRClass(rawValue: 1)
    package static let chaos = RRClass(rawValue: 3)
    package static let any = RRClass(rawValue: 255)

    package var description: String {
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
package struct RCODE: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    // Written out, since the library's comparison of raw values is a generic call.
    @inlinable
    package static func == (left: RCODE, right: RCODE) -> Bool { left.rawValue == right.rawValue }

    package static let noError = RCODE(rawValue: 0)
    package static let yxDomain = RCODE(rawValue: 6)
    package static let formErr = RCODE(rawValue: 1)
    package static let servFail = RCODE(rawValue: 2)
    package static let nxDomain = RCODE(rawValue: 3)
    package static let notImp = RCODE(rawValue: 4)
    package static let refused = RCODE(rawValue: 5)
    package static let badVers = RCODE(rawValue: 16)

    private static let names = [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
        "NOTZONE",
    ]

    /// Those of RFC 6895 that only TSIG, TKEY and cookies give, from 16 on; 16 is BADVERS to all others.
    private static let extendedNames = [
        "BADSIG", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE",
    ]

    /// Reads a mnemonic in any case.
    package init?(mnemonic: String) {
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
    package var description: String {
        if Int(rawValue) < Self.names.count { return Self.names[Int(rawValue)] }
        return self == .badVers ? "BADVERS" : "RCODE\(rawValue)"
    }
}
