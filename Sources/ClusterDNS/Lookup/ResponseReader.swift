import DNSWire
import DNSZone

/// A response taken apart: its RCODE, and the records of its answer section.
struct DNSResponse: Hashable {
    var rcode: RCODE
    var answer: [ZoneRecord]
}

/// Reads a DNS message as a client does, names decompressed.
struct ResponseReader {
    private let octets: [UInt8]
    private var at = 0

    /// Throws where the message is cut, or a name in it is none.
    static func read(_ octets: [UInt8]) throws(WireError) -> DNSResponse {
        guard octets.count >= Query.headerOctetCount else { throw WireError(.truncated, at: octets.count) }
        var reader = ResponseReader(octets: octets)
        reader.at = 2
        let flags = try reader.uint16()
        let (questions, answers) = (try reader.uint16(), try reader.uint16())
        reader.at = Query.headerOctetCount
        for _ in 0..<questions {
            _ = try reader.name()
            reader.at += 4
        }
        var records: [ZoneRecord] = []
        for _ in 0..<answers { records.append(try reader.record()) }
        return DNSResponse(rcode: RCODE(rawValue: flags & 0xF), answer: records)
    }

    private init(octets: [UInt8]) { self.octets = octets }

    private mutating func uint16() throws(WireError) -> UInt16 {
        defer { at += 2 }
        return try octets.rawSpan.uint16(at: at)
    }

    private mutating func record() throws(WireError) -> ZoneRecord {
        let owner = try name()
        let type = RRType(rawValue: try uint16())
        let ttl = try octets.rawSpan.uint32(at: at + 2)
        at += 6
        let end = Int(try uint16()) + at
        guard end <= octets.count else { throw WireError(.truncated, at: octets.count) }
        var rdata: [UInt8] = []
        for part in Self.parts(of: type) {
            switch part {
            case .octets(let count): rdata += try take(count)
            case .name: rdata += try name().wire
            }
        }
        rdata += try take(end - at)
        return ZoneRecord(owner: owner, type: type, ttl: ttl, rdata: rdata)
    }

    private enum Part { case octets(Int), name }

    /// What comes before the rest of the RDATA, where names may be compressed (RFC 1035 §3.3, RFC 2782).
    private static func parts(of type: RRType) -> [Part] {
        switch type {
        case .cname, .ns, .ptr: [.name]
        case .soa: [.name, .name]
        case .mx: [.octets(2), .name]
        case .srv: [.octets(6), .name]
        default: []
        }
    }

    private mutating func take(_ count: Int) throws(WireError) -> [UInt8] {
        guard count >= 0, at + count <= octets.count else { throw WireError(.truncated, at: octets.count) }
        defer { at += count }
        return Array(octets[at..<at + count])
    }

    /// Reads the name here and moves past it.
    ///
    /// A pointer must aim before the part that holds it, so the walk ends.
    private mutating func name() throws(WireError) -> Name {
        var labels: [ArraySlice<UInt8>] = []
        var (place, segment) = (at, at)
        var end: Int?
        while true {
            let length = Int(try octets.rawSpan.octet(at: place))
            switch length >> 6 {
            case 0 where length == 0:
                at = end ?? place + 1
                return try Name(labels: labels)
            case 0:
                guard place + 1 + length <= octets.count else { throw WireError(.truncated, at: octets.count) }
                labels.append(octets[place + 1..<place + 1 + length])
                place += 1 + length
            case 3:
                let target = (length & 0x3F) << 8 | Int(try octets.rawSpan.octet(at: place + 1))
                guard target < segment else { throw WireError(.badLabelType, at: place) }
                end = end ?? place + 2
                (place, segment) = (target, target)
            default:
                throw WireError(.badLabelType, at: place)
            }
        }
    }
}
