import Patterns
import Testing

/// Patterns that are refused, where, and with which words.
struct PatternErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var pattern: String
        var reason: PatternError.Reason
        var offset: Int
        var testDescription: String { "/\(pattern.prefix(40))/" }

        init(_ pattern: String, _ reason: PatternError.Reason, _ offset: Int) {
            (self.pattern, self.reason, self.offset) = (pattern, reason, offset)
        }
    }

    static let rows = [
        Row("a(b", .unclosedGroup, 1),
        Row("a)b", .unopenedGroup, 1),
        Row("(?P<a>x", .unclosedGroup, 0),
        Row("(?i", .unclosedGroup, 0),
        Row("(?)", .unknownGroup, 0),
        Row("(?#x)", .unknownGroup, 0),
        Row("(?ix)", .unknownFlag, 3),
        Row("(?i-)", .unknownGroup, 0),
        Row("(?P<a-b>x)", .badGroupName, 5),
        Row("(?<>x)", .badGroupName, 3),
        Row("(?P<n>a)(?<n>b)", .doubledGroupName("n"), 11),
        Row("a[b", .unclosedClass, 1),
        Row("[]", .unclosedClass, 0),
        Row("[z-a]", .badRange, 1),
        Row("[[:letter:]]", .unknownClass, 1),
        Row("[é]", .classBeyondASCII, 1),
        Row("*a", .nothingToRepeat, 0),
        Row("a|+", .nothingToRepeat, 2),
        Row("({2})", .nothingToRepeat, 1),
        Row("(?i)*", .nothingToRepeat, 4),
        Row("a**", .doubledRepetition, 2),
        Row("a{2}{3}", .doubledRepetition, 4),
        Row("a+??", .doubledRepetition, 3),
        Row("a{2,1}", .badRepetitionCount, 1),
        Row("a{1001}", .badRepetitionCount, 1),
        Row("a{99999999999999999999}", .badRepetitionCount, 1),
        Row("((a{100}){100}){100}", .badRepetitionCount, 9),
        Row("(?:a{500}){2}(?:b{500}){2}[a-c]{1000}d{999}", .tooLarge, 0),
        Row("a\\", .trailingBackslash, 1),
        Row("\\y", .unknownEscape, 0),
        Row("\\Z", .unknownEscape, 0),
        Row("\\C", .unknownEscape, 0),
        Row("[\\b]", .unknownEscape, 1),
        Row("\\x4", .badCharacterCode, 0),
        Row("\\x{110000}", .badCharacterCode, 0),
        Row("\\pL", .unicodeClass, 0),
        Row("[\\p{Greek}]", .unicodeClass, 1),
        Row("(a)\\1", .backreference, 3),
        Row("(?P<a>x)(?P=a)", .backreference, 8),
        Row("(?=a)", .lookaround, 0),
        Row("a(?!b)", .lookaround, 1),
        Row("(?<=a)b", .lookaround, 0),
        Row("(?<!a)b", .lookaround, 0),
        Row("(?>a)", .atomicGroup, 0),
        Row(String(repeating: "a", count: 10_001), .tooLong, 10_000),
        Row(String(repeating: "a", count: 4_000), .tooLarge, 0),
        Row(String(repeating: "(", count: 201) + String(repeating: ")", count: 201), .tooDeep, 200),
    ]

    @Test(arguments: rows) func refused(_ row: Row) {
        #expect(throws: PatternError(row.reason, at: row.offset)) { _ = try Pattern(row.pattern) }
    }

    @Test func theSentenceNamesPlaceAndRemedy() {
        let error = PatternError(.lookaround, at: 1)
        let words =
            "at character 2, looking ahead or behind cannot be matched in linear time; match the whole text instead"
        #expect(error.description == words)
    }

    @Test func whatIsAtTheBoundsIsTaken() throws {
        _ = try Pattern("a{1000}")
        _ = try Pattern(String(repeating: "(?:", count: 200) + String(repeating: ")", count: 200))
        _ = try Pattern(String(repeating: "a", count: 3_997))
    }
}
