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
}
