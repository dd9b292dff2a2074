import Corefile
import Testing

/// Words, lines and braces, as outlines.
struct LanguageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var text: String
        var want: String
        var testDescription: String { label }
    }

    static let rows = [
        Row(label: "an empty file", text: "", want: ""),
        Row(label: "comments only", text: "# nothing\n  # here { either\n", want: ""),
        Row(label: "byte order mark", text: "\u{FEFF}. {\n}", want: "dns://.:53"),
        Row(label: "CRLF", text: ". {\r\n  log\r\n  cache 30\r\n}\r\n", want: "dns://.:53\n  log\n  cache|30"),
        Row(label: "no-break space", text: ". {\ncache\u{A0}30\n}", want: "dns://.:53\n  cache|30"),
        Row(label: "a comment ends a word", text: ". {\n  cache 30#40\n}", want: "dns://.:53\n  cache|30"),
        Row(label: "comment behind a brace", text: ". { # all\n  log # queries\n} # end", want: "dns://.:53\n  log"),
        Row(label: "quotes", text: ". {\nlog \"a b\" \"#\" \"{\" \"\"\n}", want: "dns://.:53\n  log|a b|#|{|"),
        Row(label: "escaped quote", text: #". {\#nlog "say \"so\"" x\#n}"#, want: #"dns://.:53\#n  log|say "so"|x"#),
        Row(
            label: "other backslashes stay", text: #". {\#nlog "a\.b\\" c\d\#n}"#,
            want: #"dns://.:53\#n  log|a\.b\\|c\d"#),
        Row(label: "a quote in a word is plain", text: ". {\nlog a\"b\n}", want: "dns://.:53\n  log|a\"b"),
        Row(
            label: "quotes over lines", text: ". {\nlog \"a\nb\" c\nerrors\n}",
            want: "dns://.:53\n  log|a\nb|c\n  errors"),
        Row(label: "a quote ends where it ends", text: ". {\nlog \"a\"b\n}", want: "dns://.:53\n  log|a|b"),
        Row(
            label: "joined lines", text: ". {\nlog a \\\n  b\\\r\n  c\nerrors\n}",
            want: "dns://.:53\n  log|a|b|c\n  errors"),
        Row(
            label: "no braces", text: "example.org\nlog\ncache {\n  success 1\n}",
            want: "dns://example.org.:53\n  log\n  cache {\n    success|1"),
        Row(label: "keys alone", text: "a.example b.example", want: "dns://a.example.:53 dns://b.example.:53"),
        Row(label: "brace on the next line", text: ".\n{\n  log\n}", want: "dns://.:53\n  log"),
        Row(
            label: "block on one line", text: ". { health { lameduck 5s } }",
            want: "dns://.:53\n  health {\n    lameduck|5s"),
        Row(label: "empty block", text: ". {\nhealth {\n}\n}", want: "dns://.:53\n  health {"),
        Row(label: "two blocks on a line", text: "a { } b { }", want: "dns://a.:53\ndns://b.:53"),
        Row(
            label: "braces in words", text: ". {\nlog {remote}:{port} {{.Name}}\n}",
            want: "dns://.:53\n  log|{remote}:{port}|{{.Name}}"),
        Row(
            label: "blocks inside blocks", text: ". {\na {\nb {\nc\n}\n}\n}",
            want: "dns://.:53\n  a {\n    b {\n      c"),
        Row(label: "\"import\" in quotes", text: ". {\n\"import\" x\n}", want: "dns://.:53\n  import|x"),
    ]

    @Test(arguments: rows) func language(_ row: Row) throws {
        #expect(outline(try parse(row.text)) == row.want)
    }

    @Test func positionsCountScalarsFromOne() throws {
        let corefile = try parse(".:53 {\n\tlog é \"x\ny\" z\n}")
        let log = try #require(corefile.serverBlocks.first?.directives.first)
        let places = ([log.name] + log.arguments).map(\.position.description)
        #expect(places == ["Corefile:2:2", "Corefile:2:6", "Corefile:2:8", "Corefile:3:4"])
        #expect(log.arguments.map(\.isQuoted) == [false, true, false])
        #expect(corefile.serverBlocks.first?.position.description == "Corefile:1:1")
    }
}
