import DNSWire
import Testing

/// Names as text, as octets, and in order.
struct NameTests {
    struct TextRow: Sendable, CustomTestStringConvertible {
        var text: String
        var want: Result<[UInt8], WireError>

        var testDescription: String { text }
    }

    private static let longest = [63, 63, 63, 61].map { String(repeating: "a", count: $0) }.joined(separator: ".")

    static let textRows = [
        TextRow(text: "", want: .success([0])),
        TextRow(text: ".", want: .success([0])),
        TextRow(text: "a.b", want: .success([1, 0x61, 1, 0x62, 0])),
        TextRow(text: "a.b.", want: .success([1, 0x61, 1, 0x62, 0])),
        TextRow(text: "A", want: .success([1, 0x41, 0])),
        TextRow(text: "a\\.b", want: .success([3, 0x61, 0x2E, 0x62, 0])),
        TextRow(text: "\\\\", want: .success([1, 0x5C, 0])),
        TextRow(text: "\\000\\255", want: .success([2, 0, 255, 0])),
        TextRow(text: "ä", want: .success([2, 0xC3, 0xA4, 0])),
        TextRow(text: "a..b", want: .failure(.init(.emptyLabel, at: 2))),
        TextRow(text: ".a", want: .failure(.init(.emptyLabel, at: 0))),
        TextRow(text: "..", want: .failure(.init(.emptyLabel, at: 0))),
        TextRow(text: "a\\", want: .failure(.init(.badEscape, at: 1))),
        TextRow(text: "\\25", want: .failure(.init(.badEscape, at: 0))),
        TextRow(text: "\\256", want: .failure(.init(.badEscape, at: 0))),
        TextRow(text: String(repeating: "a", count: 64), want: .failure(.init(.labelTooLong, at: 0))),
        TextRow(text: longest + "a", want: .failure(.init(.nameTooLong, at: 255))),
    ]

    @Test(arguments: textRows) func textToWire(_ row: TextRow) {
        #expect(Result { () throws(WireError) in try Name(row.text).wire } == row.want)
    }

    @Test func theLongestName() throws {
        let name = try Name(Self.longest)
        #expect(name.wire.count == 255 && name.labelCount == 4)
        #expect(throws: WireError(.nameTooLong, at: 255)) { try name.prepending("a") }
    }

    /// Every octet survives the way to text and back.
    @Test func everyOctetAsText() throws {
        for octet in UInt8.min ... .max {
            let name = try Name(labels: [[octet, octet], [0x61]])
            #expect(try Name(name.description).wire == name.wire, "\(octet)")
            #expect(name.description.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) })
        }
        #expect(Name.root.description == ".")
        #expect(try Name(labels: [Array("a.b\n".utf8)]).description == "a\\.b\\010.")
    }

    @Test func caseHasNoMeaningButIsKept() throws {
        let (upper, lower) = (try Name("WWW.Example.COM"), try Name("www.example.com"))
        #expect(upper == lower && upper.hashValue == lower.hashValue)
        #expect(upper.wire != lower.wire && upper.folded.wire == lower.wire)
        // RFC 4343 §3: only A-Z have a case, so `[` and `{` differ.
        #expect(try Name("[") != Name("{") && Name("@") != Name("`"))
    }

    /// The example of RFC 4034 §6.1.
    @Test func canonicalOrder() throws {
        let names = try [
            "example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.",
            "\\001.z.example.",
            "*.z.example.", "\\200.z.example.",
        ].map { try Name($0) }
        #expect(names.reversed().sorted() == names)
        for (left, right) in zip(names, names.dropFirst()) { #expect(left < right && !(right < left)) }
    }

    @Test func familyOfAName() throws {
        let name = try Name("web.shop.svc.cluster.local")
        #expect(name.parent == (try Name("shop.svc.cluster.local")) && Name.root.parent == nil)
        #expect(name.isAtOrBelow(try Name("SVC.cluster.local")) && name.isAtOrBelow(name) && name.isAtOrBelow(.root))
        // Octets that end alike are not labels that end alike.
        #expect(!(try Name("xcluster.local").isAtOrBelow(Name("cluster.local"))))
        #expect(!(try Name("local").isAtOrBelow(name)))
    }
}
