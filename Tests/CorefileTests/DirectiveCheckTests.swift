import Corefile
import Testing

/// The shape of a directive: counts, blocks, unknown names.
struct DirectiveCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var check: @Sendable (Directive) throws -> Void
        /// nil when the line is right.
        var want: String?
        var testDescription: String { line.debugDescription + " " + (want ?? "is right") }
    }

    static let rows = [
        Row(line: "loop", check: { try $0.rejectArguments() }),
        Row(
            line: "loop a b", check: { try $0.rejectArguments() },
            want: #"Corefile:2:6: "loop" takes no arguments, found 2; remove "a""#),
        Row(line: "loop", check: { try $0.rejectOptions() }),
        Row(
            line: "loop {\n x\n}", check: { try $0.rejectOptions() },
            want: #"Corefile:3:2: "loop" takes no block; remove it from "{" to "}""#),
        Row(
            line: "loop { }", check: { try $0.rejectOptions() },
            want: #"Corefile:2:1: "loop" takes no block; remove it from "{" to "}""#),
        Row(line: "root /z", check: { try $0.requireArgumentCount(1) }),
        Row(
            line: "root", check: { _ = try $0.onlyArgument() },
            want: #"Corefile:2:1: "root" takes 1 argument, found 0"#),
        Row(
            line: "root a b", check: { _ = try $0.onlyArgument() },
            want: #"Corefile:2:8: "root" takes 1 argument, found 2; remove "b""#),
        Row(
            line: "ttl a b c", check: { try $0.requireArgumentCount(1...2) },
            want: #"Corefile:2:9: "ttl" takes 1 to 2 arguments, found 3; remove "c""#),
        Row(
            line: "ttl a b", check: { try $0.requireArgumentCount(0...1) },
            want: #"Corefile:2:7: "ttl" takes at most 1 argument, found 2; remove "b""#),
        Row(
            line: "tls a b", check: { try $0.requireArgumentCount(3) },
            want: #"Corefile:2:1: "tls" takes 3 arguments, found 2"#),
        Row(line: "forward . x y z", check: { try $0.requireArgumentCount(2...) }),
        Row(
            line: "forward .", check: { try $0.requireArgumentCount(2...) },
            want: #"Corefile:2:1: "forward" takes 2 arguments or more, found 1"#),
        Row(
            line: "forward", check: { throw $0.refused("is a second one") },
            want: #"Corefile:2:1: "forward" is a second one"#),
        Row(
            line: "cache {\n prefech 2\n}",
            check: {
                throw $0.options[0].unknownOption(of: $0, known: ["success", "prefetch"])
            }, want: #"Corefile:3:2: "prefech" is an unknown option of "cache"; did you mean "prefetch"?"#),
        Row(
            line: "cache {\n zzz\n}",
            check: {
                throw $0.options[0].unknownOption(of: $0, known: ["success", "denial", "prefetch"])
            }, want: #"Corefile:3:2: "zzz" is an unknown option of "cache"; expected success, denial or prefetch"#),
        Row(
            line: "loop {\n x\n}",
            check: { throw $0.options[0].unknownOption(of: $0, known: []) },
            want: #"Corefile:3:2: "x" is no option: "loop" has none; remove the line"#),
    ]

    @Test(arguments: rows) func check(_ row: Row) throws {
        let directive = try directive(row.line)
        #expect(refusal { try row.check(directive) }?.description == row.want)
    }

    static let misspelt: [(word: String, want: String?)] = [
        ("fowrard", "forward"), ("forwrd", "forward"), ("kubernets", "kubernetes"), ("Cache", "cache"), ("lop", "loop"),
        ("loopp", "loop"), ("hosts", "hosts"), ("xyz", nil), ("", nil), ("ready2", "ready"), ("f", nil),
    ]

    @Test(arguments: misspelt) func nearestWord(_ row: (word: String, want: String?)) {
        let known = ["cache", "errors", "forward", "hosts", "kubernetes", "loop", "ready"]
        #expect(NearestWord.nearest(to: row.word, in: known) == row.want)
    }
}
