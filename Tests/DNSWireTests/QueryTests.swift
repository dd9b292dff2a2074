import DNSTesting
import DNSWire
import Testing

/// What becomes of a message: rows of robustness A and B, built octet by octet.
struct QueryTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var octets: [UInt8]
        var want: Query.Verdict
        var testDescription: String { label }
    }

    private static let plain = QueryOctets("web.shop", .a).octets
    private static let question = QueryOctets("web.shop", .a).question

    private static func header(flags: UInt16 = 0x0100, _ counts: UInt16...) -> [UInt8] {
        big(0x1DD5) + big(flags) + counts.flatMap { big($0) }
    }

    private static func opt(_ data: [UInt8] = [], version: UInt8 = 0, length: Int? = nil) -> [UInt8] {
        [0] + big(41) + big(1232) + [0, version, 0, 0] + big(UInt16(length ?? data.count)) + data
    }

    private static func edns(_ records: [UInt8], count: UInt16 = 1) -> [UInt8] {
        header(1, 0, 0, count) + question + records
    }

    /// An A record with the given owner octets.
    private static func record(_ owner: [UInt8]) -> [UInt8] {
        owner + big(1) + big(1) + [0, 0, 0, 0] + big(4) + [192, 0, 2, 1]
    }

    static let rows =
        [
            Row(label: "a question", octets: plain, want: .answer),
            Row(label: "QR set", octets: header(flags: 0x8100, 1, 0, 0, 0) + question, want: .ignore),
            Row(label: "no question", octets: header(0, 0, 0, 0), want: .refuse(.formErr)),
            Row(label: "two questions", octets: header(2, 0, 0, 0) + question + question, want: .refuse(.formErr)),
            Row(
                label: "pointer to itself", octets: header(1, 0, 0, 0) + [0xC0, 12, 0, 1, 0, 1], want: .refuse(.formErr)
            ),
            Row(
                label: "forward pointer", octets: header(1, 0, 0, 0) + [0xC0, 14, 0, 0, 1, 0, 1],
                want: .refuse(.formErr)),
            Row(
                label: "two pointers in a loop", octets: header(1, 0, 0, 0) + [0xC0, 14, 0xC0, 12, 0, 1, 0, 1],
                want: .refuse(.formErr)),
            Row(
                label: "a chain of 200 pointers",
                octets: header(1, 0, 0, 0) + (0..<200).flatMap { big(0xC000 + 14 + 2 * $0) } + [0, 0, 1, 0, 1],
                want: .refuse(.formErr)),
            Row(
                label: "a record that points forward", octets: header(1, 0, 0, 1) + question + record([0xC0, 60]),
                want: .refuse(.formErr)),
            Row(
                label: "a record that points to itself",
                octets: header(1, 0, 0, 1) + question + record(big(0xC000 + 12 + UInt16(question.count))),
                want: .refuse(.formErr)),
            Row(
                label: "a record that points back", octets: header(1, 0, 0, 1) + question + record([0xC0, 12]),
                want: .answer),
            Row(
                label: "256 octets of name",
                octets: header(1, 0, 0, 0) + (0..<128).flatMap { _ in [1, 0x61] as [UInt8] } + [0, 0, 1, 0, 1],
                want: .refuse(.formErr)),
            Row(
                label: "label type 0x40", octets: header(1, 0, 0, 0) + [0x41, 0x61, 0, 0, 1, 0, 1],
                want: .refuse(.formErr)),
            Row(
                label: "label type 0x80", octets: header(1, 0, 0, 0) + [0x81, 0x61, 0, 0, 1, 0, 1],
                want: .refuse(.formErr)),
            Row(
                label: "counts of 65535", octets: header(1, 65535, 65535, 65535) + question, want: .refuse(.formErr)),
            Row(label: "octets behind the last record", octets: plain + [1, 2, 3], want: .answer),
            Row(
                label: "labels of any octets",
                octets: QueryOctets(labels: [[0, 0x2E, 0x22, 0x5C, 0xFF, 0x0A]], .a).octets, want: .answer),
            Row(label: "version 1", octets: edns(opt(version: 1)), want: .refuse(.badVers)),
            Row(label: "an unknown option", octets: edns(opt([0xFD, 0xE9, 0, 2, 1, 2])), want: .answer),
            Row(label: "two OPT", octets: edns(opt() + opt(), count: 2), want: .refuse(.formErr)),
            Row(label: "OPT past the end", octets: edns(opt(length: 9)), want: .refuse(.formErr)),
            Row(label: "an option past the end of OPT", octets: edns(opt([0, 10, 0, 9, 1])), want: .refuse(.formErr)),
            Row(label: "half an option", octets: edns(opt([0, 10, 0])), want: .refuse(.formErr)),
            Row(label: "OPT with a name", octets: edns([1, 0x61] + opt()), want: .refuse(.formErr)),
            Row(
                label: "OPT in the answer section is no OPT", octets: header(1, 1, 0, 0) + question + opt(version: 1),
                want: .answer),
        ]
        + (1...15).map { opcode in
            Row(
                label: "opcode \(opcode)", octets: header(flags: UInt16(opcode) << 11 | 0x0130, 1, 0, 0, 0) + question,
                want: .refuse(.notImp))
        }

    @Test(arguments: rows) func verdict(_ row: Row) {
        var query = Query()
        let verdict = query.parse(row.octets.rawSpan)
        #expect(verdict == row.want)
    }

    /// A cut message is FORMERR from the header on, silence before it; and the value is as good as new afterwards.
    @Test func everyCut() {
        let octets = QueryOctets("web.shop", .a, edns: .init(options: [(10, [1, 2, 3, 4, 5, 6, 7, 8])])).octets
        var query = Query()
        for count in octets.indices {
            let verdict = query.parse(Array(octets[..<count]).rawSpan)
            #expect(verdict == (count < 12 ? .ignore : .refuse(.formErr)), "\(count) octets")
        }
        let verdict = query.parse(octets.rawSpan)
        #expect(verdict == .answer)
    }

    @Test func everyField() {
        var query = Query()
        var octets = QueryOctets("Web.shop", .srv, edns: .init(udpSize: 4096, dnssecOK: true, options: [(11, [])]))
        octets.qclass = 3
        let first = query.parse(octets.octets.rawSpan)
        let (id, isDesired, opcode) = (query.id, query.recursionDesired, query.opcode)
        #expect(first == .answer && id == 0x1DD5 && isDesired && opcode == 0)
        let (type, qclass, name, length) = (
            query.qtype, query.qclass, query.name.name.description, query.questionOctetCount
        )
        #expect(type == .srv && qclass == .chaos && name == "web.shop." && length == 14)
        let edns = query.edns
        #expect(edns.isPresent && edns.udpSize == 4096 && edns.dnssecOK && edns.wantsTCPKeepalive)
        // Nothing of it is left for the next message, which has no question to read.
        let second = query.parse(Self.header(0, 0, 0, 0).rawSpan)
        let (lengthLeft, typeLeft, ednsLeft) = (query.questionOctetCount, query.qtype.rawValue, query.edns)
        #expect(second == .refuse(.formErr) && lengthLeft == 0 && typeLeft == 0 && ednsLeft == EDNS())
    }

    /// RFC 6891 §6.2.3: less than 512 means 512.
    @Test(arguments: [(0, 512), (511, 512), (512, 512), (65_535, 65_535)] as [(UInt16, Int)]) func udpSize(
        _ said: UInt16, _ meant: Int
    ) {
        var query = Query()
        let verdict = query.parse(QueryOctets("a", .a, edns: .init(udpSize: said)).octets.rawSpan)
        let size = query.edns.udpSize
        #expect(verdict == .answer && size == meant)
    }

    /// No message makes the parser trap, whatever is turned in it.
    @Test func mutatedMessages() {
        var random = SplitMix64(seed: 9)
        let seeds = Self.rows.map(\.octets)
        var query = Query()
        for _ in 0..<50_000 {
            var octets = random.pick(seeds)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                octets[Int.random(in: octets.indices, using: &random)] = random.pick([0, 1, 12, 41, 63, 64, 0xC0, 0xFF])
            }
            if random.oneIn(3) { octets.removeLast(Int.random(in: 0..<octets.count, using: &random)) }
            let verdict = query.parse(octets.rawSpan)
            let length = query.questionOctetCount
            #expect(verdict != .answer || length >= 5)
        }
    }
}
