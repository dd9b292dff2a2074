import Corefile
import Testing

/// Snippets, files and patterns.
struct ImportTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var text: String
        var files: [String: String] = [:]
        var want: String
        var testDescription: String { label }
    }

    static let rows = [
        Row(
            label: "snippet", text: "(x) {\n  log\n  cache 30\n}\na {\n  import x\n  errors\n}",
            want: "dns://a.:53\n  log\n  cache|30\n  errors"),
        Row(
            label: "snippet in two blocks", text: "(x) {\nlog\n}\na {\nimport x\n}\nb {\nimport x\n}",
            want: "dns://a.:53\n  log\ndns://b.:53\n  log"),
        Row(label: "snippet never used", text: "(x) {\nlog\n}", want: ""),
        Row(
            label: "snippet in a snippet", text: "(x) {\nlog\n}\n(y) {\nimport x\nerrors\n}\na {\nimport y\n}",
            want: "dns://a.:53\n  log\n  errors"),
        Row(label: "snippet of whole blocks", text: "(x) {\na {\nlog\n}\n}\nimport x", want: "dns://a.:53\n  log"),
        Row(
            label: "snippet among options", text: "(x) {\nttl 60\n}\na {\nhosts {\nimport x\nfallthrough\n}\n}",
            want: "dns://a.:53\n  hosts {\n    ttl|60\n    fallthrough"),
        Row(
            label: "snippet arguments", text: "(x) {\nforward . {args[0]}:{args[1]}\n}\na {\nimport x ::1 \"5 3\"\n}",
            want: "dns://a.:53\n  forward|.|::1:5 3"),
        Row(
            label: "arguments of an inner snippet",
            text: "(x) {\nlog {args[0]}\n}\n(y) {\nimport x {args[1]}\n}\na {\nimport y 1 2\n}",
            want: "dns://a.:53\n  log|2"),
        Row(
            label: "an argument outside of a snippet is text", text: "a {\nlog {args[0]}\n}",
            want: "dns://a.:53\n  log|{args[0]}"),
        Row(
            label: "file of directives", text: "a {\nimport d\nlog\n}", files: ["d": "errors\ncache 30"],
            want: "dns://a.:53\n  errors\n  cache|30\n  log"),
        Row(
            label: "file of blocks", text: "import d\nb {\n}", files: ["d": "a {\nlog\n}"],
            want: "dns://a.:53\n  log\ndns://b.:53"),
        Row(
            label: "file with a snippet", text: "import d\na {\nimport x\n}", files: ["d": "(x) {\nlog\n}"],
            want: "dns://a.:53\n  log"),
        Row(
            label: "file without braces", text: "import d\nb {\n}", files: ["d": "a\nlog"],
            want: "dns://a.:53\n  log\ndns://b.:53"),
        Row(
            label: "a snippet goes before a file", text: "(d) {\nlog\n}\na {\nimport d\n}", files: ["d": "errors"],
            want: "dns://a.:53\n  log"),
        Row(
            label: "relative to the importing file", text: "import conf/a",
            files: ["conf/a": "import b", "conf/b": "a {\n}", "b": "b {\n}"], want: "dns://a.:53"),
        Row(
            label: "absolute", text: "import /a", files: ["/a": "import sub/b", "/sub/b": "a {\n}"], want: "dns://a.:53"
        ),
        Row(
            label: "pattern in order of names", text: "import d/*.server",
            files: ["d/2.server": "b {\n}", "d/1.server": "a {\n}", "d/x": "c {\n}"], want: "dns://a.:53\ndns://b.:53"),
        Row(label: "pattern without a match", text: "a {\nimport custom/*.override\n}", want: "dns://a.:53"),
        Row(label: "variable in the path", text: "import {$DIR}/a", files: ["conf/a": "a {\n}"], want: "dns://a.:53"),
        Row(
            label: "the same file twice", text: "a {\nimport d\n}\nb {\nimport d\n}", files: ["d": "log"],
            want: "dns://a.:53\n  log\ndns://b.:53\n  log"),
    ]

    @Test(arguments: rows) func importing(_ row: Row) throws {
        #expect(outline(try parse(row.text, files: row.files, environment: ["DIR": "conf"])) == row.want)
    }

    @Test func everyFileAndPatternIsListedOnce() throws {
        let files = ["d/1": "import e\n", "d/e": "log\n", "d/2": "errors\n"]
        let corefile = try parse("a {\nimport d/1\nimport d/*\nimport none/*\n}", files: files)
        #expect(corefile.files == ["Corefile", "d/1", "d/e", "d/2"])
        #expect(corefile.patterns == ["d/*", "none/*"])
    }

    @Test func anImportedLineKeepsItsPlace() throws {
        let corefile = try parse("a {\n  import d\n}", files: ["d": "\n  log"])
        #expect(corefile.serverBlocks.first?.directives.first?.name.position.description == "d:2:3")
    }

    static let cycles = [
        SyntaxErrorTests.Row(text: "import Corefile", at: "Corefile:1:8", says: "Corefile -> Corefile"),
        SyntaxErrorTests.Row(
            text: "import a", at: "b:1:8", says: "a -> b -> a", files: ["a": "import b", "b": "import a"]),
        SyntaxErrorTests.Row(text: "(x) {\nimport x\n}\nimport x", at: "Corefile:2:8", says: "(x) -> (x)"),
        SyntaxErrorTests.Row(
            text: "(x) {\nlog {args[1]}\n}\na {\nimport x 1\n}", at: "Corefile:2:5", says: "1 argument"),
    ]

    @Test(arguments: cycles) func refusedImport(_ row: SyntaxErrorTests.Row) throws {
        let error = try #require(refusal { try parse(row.text, files: row.files) })
        #expect(error.position.description == row.at, "\(error)")
        #expect(error.message.contains(row.says), "\(error)")
    }
}
