extension DNSMessage {
    /// Reads a whole message; throws where it is cut, has two OPT records, or a name in it is none.
    ///
    /// Every record takes at least 11 octets, so the octets bound the work, whatever the counts say. Octets behind the
    /// last record are ignored.
    public init(reading message: RawSpan) throws(WireError) {
        let word = try message.uint16(at: 2)
        let counts = (
            try message.uint16(at: 4), try message.uint16(at: 6), try message.uint16(at: 8), try message.uint16(at: 10)
        )
        self.init(id: try message.uint16(at: 0), flags: word & 0xFFF0, rcode: RCODE(rawValue: word & 0xF))
        var at = Query.headerOctetCount
        for _ in 0..<counts.0 {
            let name = try Name(reading: message, at: &at)
            let type = RRType(rawValue: try message.uint16(at: at))
            questions.append(
                Question(name: name, type: type, qclass: RRClass(rawValue: try message.uint16(at: at + 2))))
            at += 4
        }
        for _ in 0..<counts.1 { answer.append(try Record(reading: message, at: &at)) }
        for _ in 0..<counts.2 { authority.append(try Record(reading: message, at: &at)) }
        for _ in 0..<counts.3 {
            let start = at
            let record = try Record(reading: message, at: &at)
            if record.type == .opt {
                guard opt == nil else { throw WireError(.twoOPT, at: start) }
                try take(record, at: start)
            } else {
                additional.append(record)
            }
        }
    }

    private mutating func take(_ record: Record, at start: Int) throws(WireError) {
        guard record.owner == .root else { throw WireError(.badOPT, at: start) }
        var opt = OPT(
            udpSize: record.qclass.rawValue, version: UInt8(truncatingIfNeeded: record.ttl >> 16),
            dnssecOK: record.ttl & 0x8000 != 0)
        rcode = RCODE(rawValue: UInt16(truncatingIfNeeded: record.ttl >> 24) << 4 | rcode.rawValue)
        let octets = record.rdata.rawSpan
        var at = 0
        while at < octets.byteCount {
            let length = Int(try octets.uint16(at: at + 2))
            guard at + 4 + length <= octets.byteCount else { throw WireError(.badOption, at: start) }
            opt.options.append(
                .init(code: try octets.uint16(at: at), value: Array(record.rdata[at + 4..<at + 4 + length])))
            at += 4 + length
        }
        self.opt = opt
    }
}

extension DNSMessage.Record {
    /// Reads the record at `at` and moves past it.
    public init(reading message: RawSpan, at: inout Int) throws(WireError) {
        owner = try Name(reading: message, at: &at)
        type = RRType(rawValue: try message.uint16(at: at))
        qclass = RRClass(rawValue: try message.uint16(at: at + 2))
        ttl = try message.uint32(at: at + 4)
        let start = at + 10
        let end = start + Int(try message.uint16(at: at + 8))
        guard end <= message.byteCount else { throw WireError(.truncated, at: message.byteCount) }
        rdata = try Self.rdata(of: type, in: message, start..<end)
        guard RDATALayout.isWhole(rdata, of: type, qclass) else { throw WireError(.truncated, at: end) }
        at = end
    }

    private static func rdata(of type: RRType, in message: RawSpan, _ range: Range<Int>) throws(WireError) -> [UInt8] {
        var rdata: [UInt8] = []
        rdata.reserveCapacity(range.count)
        var at = range.lowerBound
        for part in RDATALayout.parts(of: type) {
            switch part {
            case .octets(let count):
                guard at + count <= range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
                rdata.append(octetsOf: message.extracting(at..<at + count))
                at += count
            case .string:
                let end = at + 1 + Int(try message.octet(at: at))
                guard end <= range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
                rdata.append(octetsOf: message.extracting(at..<end))
                at = end
            case .name:
                // An update or an empty RDATA of an unknown sender: nothing to read is nothing to decompress.
                guard at < range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
                rdata += try Name(reading: message, at: &at).wire
                guard at <= range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
            }
        }
        // A name that ends early would leave octets that clients cannot read.
        let rest = range.upperBound - at
        guard RDATALayout.parts(of: type).isEmpty || rest == (type == .soa ? RDATALayout.soaNumberOctetCount : 0) else {
            throw WireError(.truncated, at: at)
        }
        rdata.append(octetsOf: message.extracting(at..<range.upperBound))
        return rdata
    }
}

/// Where names lie in RDATA; behind the parts of an SOA come five numbers, behind all others nothing.
public enum RDATALayout {
    /// SERIAL to MINIMUM (RFC 1035 §3.3.13).
    static let soaNumberOctetCount = 20

    public enum Part: Sendable { case octets(Int), string, name }

    /// The types whose names a sender may have compressed (RFC 1035 §3.3, RFC 3597 §4).
    public static func parts(of type: RRType) -> [Part] {
        switch type.rawValue {
        case 2, 3, 4, 5, 7, 8, 9, 12, 39: name
        case 6, 14, 17: twoNames
        case 15, 18, 21, 36: preferenceAndName
        case 26: px
        case 33: srv
        case 35: naptr
        default: none
        }
    }

    /// Where in `message` the first name of RDATA lies that starts at `start`; nil for types without one.
    public static func firstName(of type: RRType, in message: RawSpan, from start: Int) -> Int? {
        var at = start
        for part in parts(of: type) {
            switch part {
            case .octets(let count): at += count
            case .string:
                guard let length = try? message.octet(at: at) else { return nil }
                at += 1 + Int(length)
            case .name: return at
            }
        }
        return nil
    }

    /// Whether this server may compress names in RDATA of the type: those of RFC 1035 that are in use.
    public static func compresses(_ type: RRType) -> Bool {
        switch type.rawValue {
        case 2, 5, 6, 12, 15: true
        default: false
        }
    }

    /// Whether RDATA of addresses and character strings has just the octets that its type says (RFC 1035 §3.3, §3.4,
    /// RFC 3596 §2.2), and that of NSEC and RRSIG its whole name, uncompressed (RFC 4034 §3.1, §4.1); true for all other
    /// types.
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
        default: return true
        }
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

    private static let none: [Part] = []
    private static let name: [Part] = [.name]
    private static let twoNames: [Part] = [.name, .name]
    private static let preferenceAndName: [Part] = [.octets(2), .name]
    private static let px: [Part] = [.octets(2), .name, .name]
    private static let srv: [Part] = [.octets(6), .name]
    private static let naptr: [Part] = [.octets(4), .string, .string, .string, .name]
}
