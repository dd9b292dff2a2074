import ClusterFeed
import Foundation
import Testing

/// Texts that are refused as a whole, with the place, within a second and little memory (robustness fact 73).
@Suite(.serialized) struct RefusedTextTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var octets: [UInt8]
        var line: Int?
        var says: String
        var testDescription: String { label }

        init(_ label: String, _ text: String, line: Int?, says: String) {
            self.init(label, octets: Array(text.utf8), line: line, says: says)
        }

        init(_ label: String, octets: [UInt8], line: Int?, says: String) {
            (self.label, self.octets, self.line, self.says) = (label, octets, line, says)
        }
    }

    /// Nine levels of nine aliases.
    static let bomb = (1...9).reduce("a0: &a0 [x]\n") { text, level in
        let uses = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        return text + "a\(level): &a\(level) [\(uses)]\n"
    }

    /// The same with a document for each level, which the parser would let alias each other.
    static let bombAcrossDocuments = bomb.replacing("\na", with: "\n---\na")

    static let rows = [
        Row("alias bomb", bomb, line: 1, says: "expand"),
        Row("alias bomb as a key", bomb + "? *a9\n: 1\n? *a8\n: 2\n", line: 1, says: "expand"),
        Row("alias bomb across documents", bombAcrossDocuments, line: nil, says: "expand"),
        Row("10,000 lists", String(repeating: "[", count: 10_000), line: 1, says: "100 levels"),
        Row("10,000 closed lists", nested("[", "]", 10_000), line: 1, says: "100 levels"),
        Row("10,000 mappings", nested("{a: ", "}", 10_000), line: 1, says: "100 levels"),
        Row("10,000 pairs in lists", nested("[a: ", "]", 10_000), line: 1, says: "100 levels"),
        Row("10,000 dashes", String(repeating: "- ", count: 10_000) + "a", line: 1, says: "100 levels"),
        Row("900 mappings as keys", nested("{? ", " : b}", 900), line: 1, says: "100 levels"),
        Row("101 lists", nested("[", "]", 101), line: 1, says: "100 levels"),
        Row("tab", "kind: Service\nspec:\n\tports: []\n", line: 3, says: "tab"),
        Row("duplicate key", "kind: Service\nspec:\n  a: 1\n  a: 2\n", line: 3, says: "\"a\""),
        Row("duplicate key in JSON", "{\"kind\": \"Service\",\n\"kind\": \"Pod\"}", line: 1, says: "\"kind\""),
        Row("NUL", "kind: Service\nname: a\0b\n", line: 2, says: "NUL"),
        Row("escape octet", "kind: \u{1B}[31m\n", line: 1, says: "control character 27"),
        Row("bad UTF-8", octets: Array("kind: a\nname: ".utf8) + [0xC3, 0x28], line: 2, says: "UTF-8"),
        Row("surrogate in UTF-8", octets: Array("a: ".utf8) + [0xED, 0xA0, 0x80], line: 1, says: "UTF-8"),
        Row("open quote", "kind: \"Service\n", line: nil, says: "cannot be read"),
        Row("cut mapping", "kind: Service\nmetadata: {name: a\n", line: nil, says: "cannot be read"),
        Row("open brace", "{", line: nil, says: "cannot be read"),
        Row("unknown alias", "kind: *nobody\n", line: 1, says: "undefined alias"),
        Row("too many octets", octets: Array(repeating: 0x23, count: (64 << 20) + 1), line: nil, says: "64 MiB"),
    ]

    private static func nested(_ open: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + "x" + String(repeating: close, count: count)
    }

    @Test(arguments: rows) func refusedWithPlace(_ row: Row) {
        let before = Self.residentKiB()
        let manifest = ManifestDecoder.decode(row.octets, file: "b.yaml")
        #expect(Sanitizer.isThere || Self.residentKiB() - before < 20 << 10)
        #expect(manifest.isRefused && manifest.objects.isEmpty)
        #expect(manifest.findings.count == 1)
        #expect(manifest.findings.first?.message.contains(row.says) == true, "\(manifest.findings)")
        if let line = row.line { #expect(manifest.findings.first?.line == line) }
    }

    /// By the thread's own time, and the quickest of three, since other work on the machine takes its share.
    @Test(arguments: rows) func refusedWithinASecond(_ row: Row) {
        let times = (1...3).map { _ in
            let start = Self.threadNanoseconds()
            _ = ManifestDecoder.decode(row.octets, file: "b.yaml")
            return Self.threadNanoseconds() - start
        }
        #expect((times.min() ?? 0) < 1_000_000_000, "\(times)")
    }

    private static func threadNanoseconds() -> Int {
        var time = timespec()
        // SAFETY: the kernel fills the struct.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test func hundredLevelsAreRead() {
        let manifest = ManifestDecoder.decode(
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, x: \(Self.nested("[", "]", 98))}", file: "d.yaml")
        #expect(manifest.objects.count == 1)
    }

    private static func residentKiB() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
        return line.flatMap { $0.split(separator: " ").compactMap { Int($0) }.first } ?? 0
    }
}
