import Corefile
import Testing

/// What is not the language: the place, and the words that say what to do.
struct SyntaxErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var at: String
        var says: String
        var files: [String: String] = [:]
        var testDescription: String { "\(text.debugDescription) at \(at)" }
    }

    static let rows = [
        Row(text: ".:53 {\n  log\n", at: "Corefile:1:6", says: "add the closing \"}\""),
        Row(text: ". {\n  cache {\n}", at: "Corefile:1:3", says: "never closed"),
        Row(text: ".:53\nlog\n}", at: "Corefile:3:1", says: "closes no block"),
        Row(text: "}", at: "Corefile:1:1", says: "closes no block"),
        Row(text: ". {\n}\n}", at: "Corefile:3:1", says: "closes no block"),
        Row(text: "{\n  debug\n}", at: "Corefile:1:1", says: "zone was expected"),
        Row(text: ". {\n  health\n  {\n  }\n}", at: "Corefile:3:3", says: "follows no directive"),
        Row(text: ". {\n  health {\n  } ready\n}", at: "Corefile:3:5", says: "\"ready\" follows \"}\""),
        Row(text: ". {\n  log \"a b\n}", at: "Corefile:2:7", says: "closing \""),
        Row(text: "a.example, {\n}", at: "Corefile:1:1", says: "remove the comma"),
        Row(text: "a.example,", at: "Corefile:1:1", says: "remove the comma"),
        Row(text: "a.example,b.example {\n}", at: "Corefile:1:1", says: "found \",\""),
        Row(text: ".:53{\n}", at: "Corefile:1:1", says: "no port"),
        Row(text: "example.org{\n}", at: "Corefile:1:1", says: "put a space there"),
        Row(text: "{$NONE} {\n}", at: "Corefile:1:1", says: "zone is empty"),
        Row(text: "\"\" {\n}", at: "Corefile:1:1", says: "zone is empty"),
        Row(text: "() {\n}", at: "Corefile:1:1", says: "without a name"),
        Row(text: "(a) {\n}\n(a) {\n}", at: "Corefile:3:1", says: "already defined at Corefile:1:1"),
        Row(text: "(a) b {\n}", at: "Corefile:1:1", says: "\"{\" was expected"),
        Row(text: "(a) {\n  log {\n}", at: "Corefile:1:5", says: "never closed"),
        Row(text: ". {\n  (a) {\n  }\n}", at: "Corefile:2:3", says: "outside of every block"),
        Row(text: ". {\n  import\n}", at: "Corefile:2:3", says: "names nothing"),
        Row(text: "import {$NONE}", at: "Corefile:1:1", says: "names nothing"),
        Row(text: ". {\n  import lost.conf\n}", at: "Corefile:2:10", says: "no such file"),
        Row(text: "import a b", at: "Corefile:1:10", says: "second argument", files: ["a": ""]),
        Row(text: "import a", at: "a:2:1", says: "closes no block", files: ["a": "\n}"]),
        Row(text: ". {\nimport a\n}", at: "a:1:7", says: "never closed", files: ["a": "hosts {"]),
    ]

    @Test(arguments: rows) func refused(_ row: Row) throws {
        let error = try #require(refusal { try parse(row.text, files: row.files) })
        #expect(error.position.description == row.at, "\(error)")
        #expect(error.message.contains(row.says), "\(error)")
        #expect(error.description == "\(row.at): \(error.message)")
    }

    @Test func aMissingFirstFileIsNamed() throws {
        let error = refusal {
            try Corefile.parse(file: "/etc/Corefile", loader: MemoryLoader())
        }
        #expect(
            error?.description
                == "/etc/Corefile:1:1: \"/etc/Corefile\" cannot be read: no such file; name a readable file")
    }

    @Test func octetsThatAreNotUTF8() throws {
        let loader = MemoryLoader(octets: ["Corefile": Array(". {\n  log ".utf8) + [0xFF] + Array("\n}".utf8)])
        let error = refusal { try Corefile.parse(file: "Corefile", loader: loader) }
        #expect(error?.position.description == "Corefile:2:1")
    }

    @Test func aMessageStaysOnOneShortLine() throws {
        let error = try #require(refusal { try word("a\nb\u{7}").integer(in: 0...1) })
        #expect(error.message == #""a\nb\u{07}" is no number; expected 0 to 1"#)
        let long = try #require(refusal { try word(String(repeating: "x", count: 5_000)).address() })
        #expect(long.message.count < 200)
    }
}
