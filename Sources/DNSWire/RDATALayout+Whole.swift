/// Whether RDATA is what its type says.
extension RDATALayout {
    /// Whether RDATA of addresses and character strings has just the octets that its type says (RFC 1035 §3.3, §3.4,
    /// RFC 3596 §2.2), that of NSEC and RRSIG its whole name, uncompressed (RFC 4034 §3.1, §4.1), that of CAA a tag of
    /// letters and digits (RFC 8659 §4.1), and that of SVCB and HTTPS whole parameters in order (RFC 9460 §2.2); true for
    /// all other types.
    ///
    /// What is cut or goes on would be passed on to clients that may not look.
    static func isWhole(_ rdata: [UInt8], of type: RRType, _ qclass: RRClass) -> Bool {
        switch type {
        case .a: return rdata.count == 4 || qclass != .internet
        case .aaaa: return rdata.count == 16 || qclass != .internet
        case .hinfo, .txt:
            var (at, count) = (0, 0)
            while at < rdata.count { (at, count) = (at + 1 + Int(rdata[at]), count + 1) }
            return at == rdata.count && (type == .txt || count == 2)
        case .nsec: return nameEnd(rdata, from: 0) != nil
        case .rrsig: return nameEnd(rdata, from: rrsigNumberOctetCount).map { $0 < rdata.count } ?? false
        case .svcb, .https: return areParametersWhole(rdata)
        case .caa:
            guard rdata.count > 2, rdata[1] > 0, rdata.count >= 2 + Int(rdata[1]) else { return false }
            return rdata[2..<2 + Int(rdata[1])].allSatisfy(isLetterOrDigit)
        default: return true
        }
    }

    private static func isLetterOrDigit(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Behind the priority and the target: keys, each above the one before, with their values.
    private static func areParametersWhole(_ rdata: [UInt8]) -> Bool {
        guard var at = nameEnd(rdata, from: 2) else { return false }
        var last = -1
        while at + 4 <= rdata.count {
            let key = Int(rdata[at]) << 8 | Int(rdata[at + 1])
            guard key > last else { return false }
            last = key
            at += 4 + (Int(rdata[at + 2]) << 8 | Int(rdata[at + 3]))
        }
        return at == rdata.count
    }

    /// TYPE COVERED to KEY TAG (RFC 4034 §3.1).
    private static let rrsigNumberOctetCount = 18

    /// Where an uncompressed name ends that starts at `start`; nil where it does not end within RDATA.
    private static func nameEnd(_ rdata: [UInt8], from start: Int) -> Int? {
        var at = start
        while at < rdata.count, rdata[at] != 0 {
            guard rdata[at] < 64 else { return nil }
            at += 1 + Int(rdata[at])
        }
        return at < rdata.count && at - start < 255 ? at + 1 : nil
    }
}
