import Patterns
import Testing

/// Where patterns match: values of Python's `re` where the two languages agree, of RE2's documentation where they don't.
struct PatternTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var pattern: String
        var text: String
        /// Start and end of each group, `-` for one that took no part; `none` for no match.
        var want: String
        var testDescription: String { "/\(pattern)/ in \(text.debugDescription)" }

        init(_ pattern: String, _ text: String, _ want: String) {
            (self.pattern, self.text, self.want) = (pattern, text, want)
        }
    }

    static let rows = [
        Row("abc", "xxabcxx", "2-5"),
        Row("a|ab", "ab", "0-1"),
        Row("ab|a", "ab", "0-2"),
        Row("(a|ab)(c|bcd)", "abcd", "0-4 0-1 1-4"),
        Row("(a+)(b+)?", "aac", "0-2 0-2 -"),
        Row("(a*)(b?)", "aab", "0-3 0-2 2-3"),
        Row("(a*?)(b?)", "aab", "0-0 0-0 0-0"),
        Row("a+?", "aaa", "0-1"),
        Row("(a+?)(a*)", "aaa", "0-3 0-1 1-3"),
        Row("a{2}", "aaaa", "0-2"),
        Row("a{2,}", "aaaa", "0-4"),
        Row("a{2,3}", "aaaa", "0-3"),
        Row("a{2,3}?", "aaaa", "0-2"),
        Row("a{0}b", "ab", "1-2"),
        Row("x{a}", "x{a}", "0-4"),
        Row("(ab)*", "ababa", "0-4 2-4"),
        Row("(?:ab)+", "xababa", "1-5"),
        Row("(a)|b", "b", "0-1 -"),
        Row("(a)|(b)", "b", "0-1 - 0-1"),
        Row("^abc$", "abc", "0-3"),
        Row("^abc$", "abc\n", "none"),
        Row("abc$", "xabc", "1-4"),
        Row("^b", "ab", "none"),
        Row("(?m)^b$", "a\nb\nc", "2-3"),
        Row("(?s)a.b", "a\nb", "0-3"),
        Row("a.b", "a\nb", "none"),
        Row("(?i)AbC", "xaBcx", "1-4"),
        Row("(?i)[a-c]+", "xABCx", "1-4"),
        Row("(?i:a)b", "Ab", "0-2"),
        Row("(?i:a)b", "AB", "none"),
        Row("a(?i)b", "aB", "0-2"),
        Row("[[:alpha:]]+", "12ab3", "2-4"),
        Row("[^0-9]+", "12ab3", "2-4"),
        Row("[]a]+", "x]a]", "1-4"),
        Row("[^]a]+", "]xa", "1-2"),
        Row("[a-]+", "x-a-", "1-4"),
        Row("[\\d_]+", "ab1_2", "2-5"),
        Row("[\\w.]+", "?a.b?", "1-4"),
        Row("\\d+", "ab123c", "2-5"),
        Row("\\D+", "12ab3", "2-4"),
        Row("\\s+", "a \t\nb", "1-4"),
        Row("\\S+", "  ab ", "2-4"),
        Row("\\w+", "-a_1-", "1-4"),
        Row("\\W+", "a-.b", "1-3"),
        Row("\\bfoo\\b", "a foo b", "2-5"),
        Row("\\bfoo\\b", "afoob", "none"),
        Row("\\Boo", "foo", "1-3"),
        Row("\\Afoo", "foo", "0-3"),
        Row("\\x41\\x{42}", "AB", "0-2"),
        Row("\\t\\n", "\t\n", "0-2"),
        Row("\\.\\*\\\\", "a.*\\", "1-4"),
        Row("\\101", "A", "0-1"),
        Row("(?P<a>x)(?P<b>y)", "axy", "1-3 1-2 2-3"),
        Row("", "abc", "0-0"),
        Row("()", "abc", "0-0 0-0"),
        Row("a||b", "b", "0-0"),
        Row("(|a)+", "aaa", "0-0 0-0"),
        Row("(a|b)*c", "ababc", "0-5 3-4"),
        Row("(.*)-(us-west-1)\\.example\\.org", "ftp-us-west-1.example.org.", "0-25 0-3 4-13"),
        Row("(^|[.])ip-([0-9]*)-([0-9]*)[.]example[.]$", "a.ip-10-20.example.", "1-19 1-2 5-7 8-10"),
        Row("(a(b)?)+", "aba", "0-3 2-3 1-2"),
        Row("((a)|(b))*", "ab", "0-2 1-2 0-1 1-2"),
        Row("(?:(a)|b)*", "ab", "0-2 0-1"),
        Row("^(?:a?){3}$", "aaaa", "none"),
        Row("^(?:a?){3}$", "aaa", "0-3"),
        Row("[^\\n]+", "a\nb", "0-1"),
        Row("(a+)+$", "aaab", "none"),
        Row("z*", "xyz", "0-0"),
        Row("a*?$", "baa", "1-3"),
        // Python counts these otherwise: a brace without a first number is a character here (RE2).
        Row("a{,2}", "a{,2}", "0-5"),
        Row("a{", "a{", "0-2"),
        Row("a{01}", "a{01}", "0-5"),
        // An empty turn of a loop is not begun (Fowler's basic tests, as RE2 keeps them).
        Row("(a*)*", "a", "0-1 0-1"),
        Row("(a*)+", "b", "0-0 0-0"),
        Row("(|a)*", "aaa", "0-0 0-0"),
        // What Python does not know.
        Row("(?U)a+", "aaa", "0-1"),
        Row("(?U)a+?", "aaa", "0-3"),
        Row("a\\z", "ba", "1-2"),
        Row("\\Qa.b*\\E+", "a.b**", "0-5"),
        Row("\\Q(\\E", "(", "0-1"),
        Row("[[:^alpha:]]+", "ab12c", "2-4"),
        Row("[[:punct:][:space:]]+", "ab, c", "2-4"),
        Row("(?i)k[^a]", "Kb", "0-2"),
        Row("(?i)[^a]", "A", "none"),
        Row("(?i)a(?-i)b", "Ab", "0-2"),
        Row("(?i)a(?-i)b", "AB", "none"),
        Row("(?<host>[a-z]+)", "1ab", "1-3 1-3"),
        Row("(?s-i:.)", "\n", "0-1"),
        Row("é+", "éé", "0-4"),
        Row("\\x{E9}", "é", "0-2"),
        Row("^.$", "é", "none"),
    ]

    @Test(arguments: rows) func matches(_ row: Row) throws {
        let pattern = try Pattern(row.pattern)
        let match = pattern.firstMatch(in: Array(row.text.utf8))
        #expect(Self.places(match) == row.want)
        #expect(pattern.matches(Array(row.text.utf8)) == (row.want != "none"))
    }

    private static func places(_ match: PatternMatch?) -> String {
        guard let match else { return "none" }
        return (0..<match.count).map { group in
            match.range(group).map { "\($0.lowerBound)-\($0.upperBound)" } ?? "-"
        }.joined(separator: " ")
    }

    @Test func groupsHaveTextsAndNames() throws {
        let pattern = try Pattern("(?P<a>x+)(y)?(?<b>z)?")
        #expect(pattern.groupNames == [nil, "a", nil, "b"] && pattern.groupCount == 3)
        let match = try #require(pattern.firstMatch(in: Array("xxz".utf8)))
        #expect(match[0].elementsEqual("xxz".utf8) && match[1].elementsEqual("xx".utf8) && match[2].isEmpty)
        #expect(match[3].elementsEqual("z".utf8))
    }

    @Test(arguments: [
        ("(^|[.])ip-([0-9]*)-([0-9a-f]{2})[.]example[.]$", "ip-1-11.example."), ("(?i)^[^a-z0-9]x?$", ".x"),
        ("^(?:a|b){2}c+?$", "aac"), (".*", "1"), ("", ""),
    ]) func aSampleMatches(_ text: String, _ want: String) throws {
        let sample = try #require(try Pattern(text).sample)
        #expect(String(decoding: sample[0], as: UTF8.self).lowercased() == want)
    }

    @Test func someHaveNoSample() throws {
        #expect(try Pattern("a\\bb").sample == nil)
        #expect(try Pattern("(?:(?:a{999}){1}){1}.{100}").sample != nil)
    }

    @Test func octetsThatAreNoText() throws {
        #expect(try Pattern("^.[^a].$").matches([0xFF, 0, 0xC3]))
        #expect(try Pattern("^\\x00$").matches([0]))
    }

    /// What takes a backtracking engine until the end of days.
    @Test(
        arguments: ["(a+)+$", "(a|aa)*b", "(a*)*b", "(.*a){12}b", "(a?){30}a{30}b", "^(([a-z])+.)+[A-Z]([a-z])+$"]
    ) func timeIsLinear(_ text: String) throws {
        let pattern = try Pattern(text)
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: PatternLimits.textOctetCountMax - 1) + [0x21]
        let time = ContinuousClock().measure { #expect(pattern.firstMatch(in: long) == nil) }
        #expect(time < .seconds(5))
    }

    @Test func aTextThatIsTooLongMatchesNothing() throws {
        let pattern = try Pattern("a")
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: PatternLimits.textOctetCountMax)
        #expect(
            pattern.matches(text) && !pattern.matches(text + [0x61]) && pattern.firstMatch(in: text + [0x61]) == nil)
    }
}
