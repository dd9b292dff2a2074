import Corefile
import Testing

struct DuplicateKeyTests {
    static let rows: [(text: String, pairs: [String])] = [
        ("a {\n}\nb {\n}", []), ("a {\n}\na:54 {\n}", []), ("a {\n}\ntls://a {\n}", []),
        ("a {\n}\nA.:53 {\n}", ["0-1"]), ("a a {\n}", ["0-0"]),
        ("a {\n}\nb {\n}\na {\n}\na {\n}", ["0-2", "0-3"]),
        ("10.0.0.0/15 {\n}\n1.10.in-addr.arpa {\n}", ["0-1"]),
    ]

    @Test(arguments: rows) func pairs(_ row: (text: String, pairs: [String])) throws {
        let duplicates = try parse(row.text).duplicateKeys()
        #expect(duplicates.map { "\($0.firstBlock)-\($0.secondBlock)" } == row.pairs)
    }

    @Test func bothPlacesAreNamed() throws {
        let duplicate = try #require(try parse("a {\n}\nb a {\n}").duplicateKeys().first)
        #expect(
            duplicate.error.description
                == "Corefile:3:3: dns://a.:53 is already answered by the server block at Corefile:1:1; "
                + "remove one, or bind them to different addresses")
    }

    @Test func blocksThatDoNotMeetMayShareAKey() throws {
        let corefile = try parse("a {\nbind ::1\n}\na {\nbind ::2\n}\na {\nbind ::2\n}\nb b {\n}")
        let pairs = corefile.duplicateKeys { $0.directives[0].arguments[0].text == $1.directives[0].arguments[0].text }
        #expect(pairs.map { "\($0.firstBlock)-\($0.secondBlock)" } == ["1-2", "3-3"])
    }
}
