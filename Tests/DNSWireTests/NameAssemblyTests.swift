import DNSWire
import Testing

struct NameAssemblyTests {
    private static func assemble(_ labels: [String], underscored: Bool, onto suffix: String, from label: Int = 0) throws
        -> String?
    {
        var rest = FoldedName()
        var result = FoldedName()
        rest.set(try Name(suffix))
        var assembly = NameAssembly()
        for label in labels { assembly.append(label: Array(label.utf8).rawSpan, underscored: underscored) }
        assembly.append(rest, fromLabel: label)
        return assembly.write(to: &result) ? result.name.description : nil
    }

    @Test func labelsOntoASuffix() throws {
        #expect(try Self.assemble(["http", "_tcp"], underscored: true, onto: "x.web", from: 1) == "_http._tcp.web.")
        #expect(try Self.assemble(["HTTP"], underscored: false, onto: "web") == "http.web.")
        #expect(try Self.assemble(["a"], underscored: false, onto: "x.web", from: 2) == "a.")
    }

    @Test func limits() throws {
        let (most, tooMany) = (String(repeating: "a", count: 62), String(repeating: "a", count: 63))
        #expect(try Self.assemble([most], underscored: true, onto: "web") == "_\(most).web.")
        #expect(try Self.assemble([tooMany], underscored: true, onto: "web") == nil)
        let suffix = [63, 63, 63].map { String(repeating: "b", count: $0) }.joined(separator: ".")
        #expect(
            try Self.assemble([String(repeating: "c", count: 61)], underscored: false, onto: suffix)?.utf8.count == 254)
        #expect(try Self.assemble([most], underscored: false, onto: suffix) == nil)
        #expect(try Self.assemble([most, most, most, most, most], underscored: false, onto: "web") == nil)
    }

    /// `text` octet by octet, a dot ending a label.
    private static func spell(_ text: String) -> String? {
        var result = FoldedName()
        var assembly = NameAssembly()
        for octet in text.utf8 {
            if octet == UInt8(ascii: ".") { assembly.endLabel() } else { assembly.append(octet: octet) }
        }
        assembly.endName()
        return assembly.write(to: &result) ? result.name.description : nil
    }

    @Test func octetByOctet() {
        #expect(Self.spell("www.Example.") == "www.example.")
        #expect(Self.spell("www.example") == "www.example.")
        #expect(Self.spell("") == ".")
        #expect(Self.spell(".a.") == nil)
        #expect(Self.spell("a..b.") == nil)
    }

    @Test func limitsOctetByOctet() {
        let most = String(repeating: "a", count: 63)
        #expect(Self.spell(most + ".") == most + ".")
        #expect(Self.spell(most + "a.") == nil)
        let name = [most, most, most, String(repeating: "b", count: 61)].joined(separator: ".") + "."
        #expect(Self.spell(name) == name)
        #expect(Self.spell("b" + name) == nil)
        #expect(Self.spell([most, most, most, String(repeating: "b", count: 62)].joined(separator: ".")) == nil)
        #expect(
            Self.spell([most, most, most, String(repeating: "b", count: 59), "c"].joined(separator: ".") + ".") != nil)
        #expect(
            Self.spell([most, most, most, String(repeating: "b", count: 60), "c"].joined(separator: ".") + ".") == nil)
    }
}
