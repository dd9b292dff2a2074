import DNSTesting
import DNSWire
import Serving

/// Messages of upstreams, put together without the code under test.
enum Wire {
    struct Message {
        var id: UInt16
        /// QR and RA.
        var flags: UInt16 = 0x8080
        /// Name, type and class, as often as `questionCount` says.
        var question: [UInt8]
        var questionCount = 1
        var answer: [[UInt8]] = []
        var authority: [[UInt8]] = []
        var additional: [[UInt8]] = []

        var octets: [UInt8] {
            var octets = big(id) + big(flags) + big(UInt16(questionCount))
            for section in [answer, authority, additional] { octets += big(UInt16(section.count)) }
            for _ in 0..<questionCount { octets += question }
            for record in answer + authority + additional { octets += record }
            return octets
        }
    }

    static let opt: [UInt8] = [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]

    static func record(_ owner: [UInt8], _ type: RRType, _ ttl: UInt32, _ rdata: [UInt8]) -> [UInt8] {
        let seconds = big(UInt16(ttl >> 16)) + big(UInt16(ttl & 0xFFFF))
        return owner + big(type.rawValue) + [0, 1] + seconds + big(UInt16(rdata.count)) + rdata
    }

    /// RDATA that ends with the mark of an entry; `part` tells the records of one RRset apart.
    static func rdata(_ type: RRType, part: Int, of number: Int, isLarge: Bool) -> [UInt8] {
        let mark = Ledger.mark(number)
        switch type {
        case .a: return [UInt8(11 + part)] + mark
        case .aaaa: return [0xFD, UInt8(part)] + [UInt8](repeating: 0, count: 11) + mark
        default:
            let padding = isLarge ? [[UInt8]](repeating: [250] + [UInt8](repeating: 0x78, count: 250), count: 6) : []
            return padding.flatMap { $0 } + [4, UInt8(0x61 + part)] + mark
        }
    }

    static func soa(of number: Int, minimum: UInt32) -> [UInt8] {
        let fields: [UInt8] = [0] + Ledger.mark(number) + [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]
        return [0, 0] + fields + big(UInt16(minimum >> 16)) + big(UInt16(minimum & 0xFFFF))
    }
}

/// A question on its way to an upstream.
struct Sent {
    var exchange: UInt64
    var attempt: Int
    var upstream: Int
    /// The port it came from; nil for a stream.
    var place: LanePlace?
    var octets: [UInt8]
    /// What the exchange is about; nil for a probe.
    var question: SimulatedQuestion?

    var id: UInt16 { UInt16(octets[0]) << 8 | UInt16(octets[1]) }
    var hasOPT: Bool { octets[11] == 1 }
    /// Name, type and class as they were sent.
    var questionOctets: [UInt8] {
        let end = octets[12...].firstIndex(of: 0) ?? octets.endIndex
        return Array(octets[12..<min(octets.count, end + 5)])
    }
}
