import Testing

/// The house rules that a machine can check.
struct TidyTests {
    private static let lineCountMax = 300
    private static let functionLineCountMax = 70

    private static let sources = SourceTree.files(under: "Sources")
    private static let all = sources + SourceTree.files(under: "Tests")

    @Test func theTreeIsFound() {
        #expect(Self.sources.contains { $0.path == "Sources/DNSWire/Name.swift" })
        #expect(Self.all.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    }

    @Test func filesAreShort() {
        let written = Self.all.filter { !$0.path.hasSuffix(".pb.swift") }
        let long = written.filter { $0.lines.count > Self.lineCountMax }.map { "\($0.path): \($0.lines.count) lines" }
        #expect(long.isEmpty)
    }

    @Test func functionsAreShort() {
        let long = Self.all.flatMap { file in
            Functions.lengths(in: file.code).filter { $0.count > Self.functionLineCountMax }
                .map { "\(file.path):\($0.line): \($0.count) lines" }
        }
        #expect(long.isEmpty)
    }

    @Test func filesEndWithANewline() {
        let bad = Self.all.filter { !$0.text.hasSuffix("\n") || $0.text.hasSuffix("\n\n") }.map(\.path)
        #expect(bad.isEmpty)
    }

    /// Put together here, so that this file does not hold them.
    private static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    private static let traps = ["try" + "!", "as" + "!", "fatal" + "Error("]

    @Test func nothingIsLeftToDo() {
        let found = Self.all.flatMap { file in
            file.lines.enumerated().filter { line in Self.marks.contains { line.element.contains($0) } }
                .map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(found.isEmpty)
    }

    @Test func inputNeverTraps() {
        let found = Self.sources.flatMap { file in
            file.code.enumerated().filter { line in Self.traps.contains { line.element.contains($0) } }
                .map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(found.isEmpty)
    }

    @Test func importsPointDownward() {
        let found = Self.sources.flatMap { file in
            Imports.names(in: file.code).filter { !Imports.mayImport($0, from: file.target) }
                .map { "\(file.path) imports \($0)" }
        }
        #expect(found.isEmpty)
    }

    @Test func everyTargetHasItsPlace() {
        let unknown = Set(Self.sources.map(\.target)).subtracting(Imports.targets)
        #expect(unknown.isEmpty)
    }

    /// The checks see what they are for.
    @Test func theChecksCanFail() {
        let long = ["func f() {"] + Array(repeating: "    x()", count: 70) + ["}"]
        #expect(Functions.lengths(in: long).map(\.count) == [72])
        #expect(Functions.lengths(in: ["func f() { g() }", "var x: Int {", "    1", "}"]).map(\.count) == [1])
        #expect(Imports.names(in: ["package import DNSWire", "import Glibc"]) == ["DNSWire", "Glibc"])
        #expect(!Imports.mayImport("Answering", from: "DNSZone") && !Imports.mayImport("Foundation", from: "DNSWire"))
        #expect(Imports.mayImport("DNSWire", from: "Serving") && Imports.mayImport("Foundation", from: "ClusterFeed"))
        #expect(SourceFile(path: "a/b", text: "f(\"//\") // try").code == ["f() "])
    }
}
