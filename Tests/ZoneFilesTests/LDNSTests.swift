import Testing
import ZoneFiles

/// The judge itself, on octets and text written out by hand.
struct LDNSTests {
    /// Header, question `a.` A, one answer with a pointer owner, OPT of 1232 with DO and a four-octet option.
    private static let message: [UInt8] =
        [0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0x61, 0, 0, 1, 0, 1]
        + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 192, 0, 2, 1]
        + [0, 0, 41, 4, 0xD0, 1, 0, 0x80, 0, 0, 4, 0, 11, 0, 0]

    @Test func everyPartOfAMessage() throws {
        let message = try LDNSMessage(Self.message)
        #expect(message.id == 0x1234)
        #expect(message.flags == [.qr, .aa, .rd, .ra])
        #expect(message.rcode == 16)
        #expect(message.question == ["a. IN A"])
        #expect(message.answer == ["a. 5 IN A 192.0.2.1"])
        #expect(message.authority.isEmpty && message.additional.isEmpty)
        let edns = try #require(message.edns)
        #expect(edns.udpSize == 1232 && edns.version == 0 && edns.dnssecOK)
        #expect(edns.options == [0, 11, 0, 0])
        #expect(message.octetCount == Self.message.count)
    }

    @Test func octetsBehindTheLastRecordAreSeen() throws {
        #expect(try LDNSMessage(Self.message + [1, 2, 3]).octetCount == Self.message.count)
    }

    @Test func everyCutIsRefused() {
        for count in 0..<Self.message.count {
            #expect(throws: LDNSError.self) { try LDNSMessage(Array(Self.message.prefix(count))) }
        }
    }

    @Test(arguments: [
        ("a.example. 60 IN A 192.0.2.1", "016107 6578616d706c6500 0001 0001 0000003c 0004 c0000201"),
        ("a 5m A 192.0.2.1", "016100 0001 0001 0000012c 0004 c0000201"),
        ("a IN A 192.0.2.1", "016100 0001 0001 00000e10 0004 c0000201"),
        (
            "a. 1 IN SOA b. c. (1 60 60 60 60)",
            "016100 0006 0001 00000001 001a 016200 016300 00000001 0000003c 0000003c 0000003c 0000003c"
        ),
        ("a\\.b. 1 IN TXT \"x y\" z", "03612e6200 0010 0001 00000001 0006 0378207901 7a"),
        ("a. 1 IN TYPE65280 \\# 2 abcd", "016100 ff00 0001 00000001 0002 abcd"),
        (
            "\n; first\na. ( 1 ; ( \" \n\n IN\tMX ; )\n ) 5 b. ; )\n\t; a. 1 IN A 192.0.2.1\n \n",
            "016100 000f 0001 00000001 0005 0005 016200"
        ),
        ("a. 1 IN TXT \"(;\" \\(\\; ; ;", "016100 0010 0001 00000001 0006 02283b 02283b"),
    ]) func aRecord(_ text: String, _ want: String) throws {
        let digits = want.filter { $0 != " " }
        #expect(try LDNSRecord.wire(text).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined() == digits)
    }

    @Test(arguments: [
        "", "a.", "a. 60 IN", "a. 60 IN A", "a. 60 IN A not-an-address", "a. 60 IN A 192.0.2.300",
        "a. 60 IN A 192.0.2.1 x",
        "a. 60 IN AAAA 192.0.2.1", "a. 60 IN MX b.", "a. 60 IN SOA b. c. (1 60 60", "a..b. 60 IN A 192.0.2.1",
        "a. 60 IN A 192.0.2.1\u{0}", String(repeating: "a", count: 64) + ". 60 IN A 192.0.2.1",
        "a. 60 IN TXT " + String(repeating: "x", count: 9000), "a. 60 IN A 192.0.2.1 )", "a. 60 IN TXT \"x",
        "a. 60 IN TXT \"\n\"",
        "a. 60 IN TXT x\\\ny", "a. 60 IN A 192.0.2.1\na. 60 IN A 192.0.2.2", "a. 60 IN A 192.0.2.1\n ( 192.0.2.2 )",
    ]) func noRecord(_ text: String) {
        #expect(throws: LDNSError.self) { _ = try LDNSRecord.wire(text) }
    }

    @Test func aMasterFile() throws {
        let zone = try LDNSZone(
            text: """
                $ORIGIN example.
                $TTL 5
                @ IN SOA ns hostmaster 1 2 3 4 5
                @ IN NS ns
                ns 60 IN A 192.0.2.1
                """)
        #expect(
            zone.records == [
                "example. 5 IN SOA ns.example. hostmaster.example. 1 2 3 4 5", "example. 5 IN NS ns.example.",
                "ns.example. 60 IN A 192.0.2.1",
            ])
    }

    @Test func aBrokenLineIsNamed() {
        let error = #expect(throws: LDNSError.self) {
            try LDNSZone(text: "a. 5 IN SOA b. c. 1 2 3 4 5\na. 5 IN A 192.0.2\n")
        }
        #expect(error?.place == 2)
        #expect(throws: LDNSError.self) { try LDNSZone(text: "") }
    }

    /// libldns itself writes an octet for each line in parentheses, past the end of a buffer of 21.
    @Test(arguments: ["(%)", "a. (%)", "a. (% 60 IN A 192.0.2.1", "a. 1 (%) IN A x"]) func linesInParentheses(
        _ text: String
    ) throws {
        let lines = String(repeating: "\n", count: 4_000)
        for _ in 0..<20 {
            #expect(throws: LDNSError.self) { try LDNSRecord.wire(text.replacing("%", with: lines)) }
            #expect(try LDNSRecord.wire("a. (\(lines) 60\(lines)IN A 192.0.2.1 )").count == 17)
        }
    }

    /// libldns writes RDATA for it that it does not read: its hash has octets that are no base32.
    @Test func whatCannotBeReadBackIsRefused() throws {
        let hash = "0123456789ABC\(String(repeating: "\u{C}", count: 108))DEFGHIJKLMNOPQRSTUV"
        #expect(throws: LDNSError.self) { try LDNSRecord.wire("a. IN NSEC3 1 1 0 ab \(hash) A") }
        #expect(try !LDNSRecord.wire("a. IN NSEC3 1 1 0 ab 0123456789ABCDEFGHIJKLMNOPQRSTUV A").isEmpty)
    }
}
