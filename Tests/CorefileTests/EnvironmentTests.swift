import Corefile
import Testing

/// Environment variables inside words.
struct EnvironmentTests {
    static let environment = ["A": "one", "PORT": "8080", "SPACE": "a b", "BRACE": "{", "LOOP": "{$LOOP}", "EMPTY": ""]

    /// What an argument is written as, and what it becomes.
    static let rows: [(written: String, want: String)] = [
        ("{$A}", "one"), ("{%A%}", "one"), ("x{$A}y", "xoney"), ("{$A}:{%PORT%}", "one:8080"),
        ("{%A%}:{$PORT}", "one:8080"), ("\"Test {$A} test\"", "Test one test"), ("{$SPACE}", "a b"),
        ("{$BRACE}", "{"), ("{$LOOP}", "{$LOOP}"), ("{$NONE}", ""), ("{$NONE:two}", "two"), ("{$NONE:a:b}", "a:b"),
        ("{%NONE:two%}", "two"), ("{$A:two}", "one"), ("{$EMPTY:two}", ""), ("{$NONE:}", ""),
        // Not references: left as they are.
        ("{$}", "{$}"), ("{%}", "{%}"), ("{%%}", "{%%}"), ("{%A}", "{%A}"), ("{$A", "{$A"), ("{A}", "{A}"),
        ("$A", "$A"), ("{{$A}}", "{one}"), ("\"{{ .Name }} {$A}\"", "{{ .Name }} one"), ("{$:x}", "{$:x}"),
    ]

    @Test(arguments: rows) func argument(_ row: (written: String, want: String)) throws {
        let corefile = try parse(". {\nlog \(row.written)\n}", environment: Self.environment)
        #expect(corefile.serverBlocks.first?.directives.first?.arguments.map(\.text) == [row.want])
    }

    @Test func keysAndDirectiveNames() throws {
        let corefile = try parse("{$A}.example:{$PORT} {$NONE} {\n{$A} x\n}", environment: Self.environment)
        #expect(outline(corefile) == "dns://one.example.:8080\n  one|x")
    }

    @Test func anEmptyKeyDoesNotTakeTheNextLine() throws {
        let error = refusal { try parse("{$NONE}\nlog") }
        #expect(error?.position.description == "Corefile:1:1")
    }
}
