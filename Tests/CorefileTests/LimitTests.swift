import Corefile
import Testing

/// Each bound, at its last allowed value and one past it.
struct LimitTests {
    private static func nested(_ depth: Int) -> String {
        ". {\n" + String(repeating: "a {\n", count: depth - 1) + String(repeating: "}\n", count: depth)
    }

    @Test func nesting() throws {
        #expect(throws: Never.self) { try parse(Self.nested(8)) }
        #expect(refusal { try parse(Self.nested(9)) }?.position.description == "Corefile:9:3")
    }

    @Test func fileSize() throws {
        let full = "#" + String(repeating: "x", count: (1 << 20) - 1)
        #expect(throws: Never.self) { try parse(full) }
        let error = refusal { try parse(full + "x") }
        #expect(error?.message.contains("longer than 1048576 octets") == true)
    }

    @Test func tokens() throws {
        // Four for the block around the line.
        let line = "a" + String(repeating: " b", count: 99_995)
        #expect(throws: Never.self) { try parse(". {\n\(line)\n} #") }
        let error = refusal { try parse(". {\n\(line) b b\n}") }
        #expect(error?.position.description == "Corefile:3:1")
    }

    @Test func tokensOfSnippetsCountEachTime() throws {
        let text = "(x) {\n" + String(repeating: "a b\n", count: 10_000) + "}\n. {\n"
        let imports = { (count: Int) in text + String(repeating: "import x\n", count: count) + "}" }
        #expect(throws: Never.self) { try parse(imports(3)) }
        #expect(refusal { try parse(imports(5)) }?.position.description == "Corefile:10007:8")
    }

    @Test func totalSize() throws {
        let comment = "#" + String(repeating: "x", count: (1 << 20) - 1)
        let imports = { (count: Int) in String(repeating: "import big\n", count: count) }
        #expect(throws: Never.self) { try parse(imports(15), files: ["big": comment]) }
        let error = refusal { try parse(imports(16), files: ["big": comment]) }
        #expect(error?.position.description == "Corefile:16:8")
    }

    @Test func importDepth() throws {
        let chain = { (count: Int) in
            Dictionary(uniqueKeysWithValues: (1...count).map { ("f\($0)", $0 == count ? "" : "import f\($0 + 1)") })
        }
        #expect(throws: Never.self) { try parse("import f1", files: chain(16)) }
        let error = refusal { try parse("import f1", files: chain(17)) }
        #expect(error?.position.description == "f16:1:8")
    }

    @Test func keys() throws {
        let blocks = { (count: Int) in String(repeating: "10.0.0.0/9 ", count: count) + "{\n}" }
        #expect(throws: Never.self) { try parse(blocks(78)) }
        #expect(refusal { try parse(blocks(79)) }?.message.contains("10000 zones") == true)
    }
}
