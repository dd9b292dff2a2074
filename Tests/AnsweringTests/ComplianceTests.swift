import Answering
import DNSTesting
import DNSWire
import Testing
import ZoneFiles

/// The questions of RFC 8906 §8, and what each answer must have and must not have; as bits, without the code under test.
struct ComplianceTests {
    /// Bits of the second header word.
    private enum Bit {
        static let aa: UInt16 = 0x0400
        static let tc: UInt16 = 0x0200
        static let rd: UInt16 = 0x0100
        static let ra: UInt16 = 0x0080
        static let z: UInt16 = 0x0040
        static let ad: UInt16 = 0x0020
        static let cd: UInt16 = 0x0010
    }

    /// The OPT of a query: version, flags and options as they go on the wire.
    struct OPT: Sendable {
        var version: UInt8 = 0
        var flags: UInt16 = 0
        var options: [UInt8] = []
        var udpSize: UInt16 = 4096

        var octets: [UInt8] {
            [0] + big(41) + big(udpSize) + [0, version] + big(flags) + big(UInt16(options.count)) + options
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        /// The section of RFC 8906.
        var section: String
        var type = RRType.soa
        /// The second header word of the query.
        var flags: UInt16 = 0
        var opt: OPT?
        var rcode = 0
        /// Whether the SOA is the answer; else there is none.
        var hasSOA = true
        /// What of the second header word must be set; all else but QR, RCODE and `free` must not.
        var set = Bit.aa
        /// Where the RFC leaves both to the server.
        var free: UInt16 = 0
        var testDescription: String { "RFC 8906 §\(section)" }
    }

    private static let unknown: [UInt8] = big(100) + big(0)
    private static let several: [UInt8] =
        big(3) + big(0) + big(8) + big(4) + [0, 1, 0, 0] + big(9) + big(0) + big(10) + big(8) + [
            1, 2, 3, 4, 5, 6, 7, 8,
        ]

    static let rows = [
        Row(section: "8.1.1, a known type"),
        Row(section: "8.1.2, an unknown type", type: RRType(rawValue: 1000), hasSOA: false),
        Row(section: "8.1.3.1, CD", flags: Bit.cd, free: Bit.cd), Row(section: "8.1.3.2, AD", flags: Bit.ad),
        Row(section: "8.1.3.3, the reserved bit", flags: Bit.z),
        Row(section: "8.1.3.4, RD", flags: Bit.rd, set: Bit.aa | Bit.rd),
        Row(section: "8.1.3, AA", flags: Bit.aa), Row(section: "8.1.3, RA", flags: Bit.ra),
        Row(section: "8.1.3, TC", flags: Bit.tc), Row(section: "8.2.1, version 0", opt: OPT()),
        Row(section: "8.2.2, version 1", opt: OPT(version: 1), rcode: 16, hasSOA: false, set: 0),
        Row(section: "8.2.3, an unknown option", opt: OPT(options: unknown)),
        Row(section: "8.2.4, unknown flags", opt: OPT(flags: 0x0040)),
        Row(section: "8.2.4, all unknown flags", opt: OPT(flags: 0x7FFF)),
        Row(
            section: "8.2.5, version 1 and unknown flags", opt: OPT(version: 1, flags: 0x0040), rcode: 16,
            hasSOA: false, set: 0),
        Row(
            section: "8.2.6, version 1 and an unknown option", opt: OPT(version: 1, options: unknown), rcode: 16,
            hasSOA: false, set: 0),
        Row(
            section: "8.2.7, 512 octets", type: .dnskey, opt: OPT(flags: 0x8000, udpSize: 512), hasSOA: false),
        Row(section: "8.2.8, DO", opt: OPT(flags: 0x8000)),
        Row(section: "8.2.9, version 1 and DO", opt: OPT(version: 1, flags: 0x8000), rcode: 16, hasSOA: false, set: 0),
        Row(section: "8.2.10, several options", opt: OPT(options: several)),
    ]

    /// Over UDP and over TCP (§8.1.5).
    @Test(arguments: rows) func answer(_ row: Row) throws {
        let server = try TestServer()
        for transport in [QueryTransport.udp, .tcp] {
            var query = QueryOctets("cluster.local", row.type, edns: row.opt == nil ? nil : .init())
            query.flags = row.flags
            var octets = query.octets
            if let opt = row.opt { octets = octets.dropLast(11) + opt.octets }
            let response = server.send(octets, over: transport)
            let message = try Reply(response, to: query, over: transport).message
            let word = UInt16(response[2]) << 8 | UInt16(response[3])
            #expect(word & 0x7FF0 & ~row.free == row.set & ~row.free, "flags over \(transport)")
            #expect(message.rcode == row.rcode)
            #expect(message.answer.count == (row.hasSOA ? 1 : 0) && message.answer.allSatisfy { $0.contains("SOA") })
            guard let opt = row.opt else {
                #expect(message.edns == nil)
                continue
            }
            let edns = try #require(message.edns)
            #expect(edns.version == 0 && edns.dnssecOK == (opt.flags & 0x8000 != 0))
            // The last two octets before RDLENGTH: DO and 15 bits that are nobody's yet.
            #expect(edns.options.first == nil || edns.options.starts(with: [0, 10]))
            let flagsAt = response.count - edns.options.count - 4
            #expect(response[flagsAt] & 0x7F == 0 && response[flagsAt + 1] == 0)
        }
    }

    /// §8.1.4: a header alone, with every flag: ID, opcode and NOTIMP come back, no flag and no section.
    @Test(arguments: 1...15) func unknownOpcode(_ opcode: UInt16) throws {
        let server = try TestServer()
        for flags in [0, 0x07F0] as [UInt16] {
            let header = big(0x1DD5) + big(opcode << 11 | flags) + [0, 0, 0, 0, 0, 0, 0, 0]
            #expect(server.send(header) == big(0x1DD5) + big(0x8000 | opcode << 11 | 4) + [0, 0, 0, 0, 0, 0, 0, 0])
        }
    }
}
