import Testing

/// Each fact of robustness is held by something that exists.
struct FactTests {
    @Test func everyFactHasItsTest() {
        let facts = Facts(SourceTree.text(of: "Tests/Facts/facts.txt"), contents: SourceTree.text)
        #expect(facts.findings == [])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        /// What stands under fact 5 of a table that is right otherwise.
        var holders: String
        var says: [String]
        var testDescription: String { label }
    }

    static let rows = [
        Row(label: "a test and a row of it", holders: "    A.swift one \"row\"", says: []),
        Row(label: "a test with arguments", holders: "    A.swift two", says: []),
        Row(label: "a line of a scenario", holders: "    Scenarios/a.sh \"all is well\"", says: []),
        Row(label: "a line of a script", holders: "    Scripts/a \"all is well\"", says: []),
        Row(label: "no test", holders: "", says: ["fact 5 has no test"]),
        Row(label: "no file", holders: "    B.swift one", says: ["fact 5: there is no file Tests/B.swift"]),
        Row(label: "another function", holders: "    A.swift on", says: ["fact 5: Tests/A.swift has no test on"]),
        Row(label: "a helper", holders: "    A.swift three", says: ["fact 5: Tests/A.swift has no test three"]),
        Row(
            label: "another row", holders: "    A.swift one \"column\"",
            says: ["fact 5: Tests/A.swift has no line with \"column\""]),
        Row(
            label: "a comment is no line", holders: "    Scenarios/a.sh \"said\"",
            says: ["fact 5: Tests/Scenarios/a.sh has no line with \"said\""]),
        Row(label: "later, without a reason to", holders: "    later soon", says: ["fact 5 may not wait"]),
        Row(label: "open", holders: "    open nobody", says: ["fact 5 may not be open"]),
        Row(
            label: "nothing named", holders: "    A.swift",
            says: ["\"A.swift\" belongs to no fact, or lacks a part", "fact 5 has no test"]),
        Row(
            label: "a number twice", holders: "    A.swift one\n5 again\n    A.swift one",
            says: ["the numbers are not in order, each once"]),
        Row(
            label: "a number left out", holders: "    A.swift one\n93 more\n    A.swift one",
            says: ["the numbers are not in order, each once"]),
    ]

    private static let files = [
        "Tests/A.swift":
            "@Test func one() {\n    \"row\"\n}\n\n@Test(\n    rows)\nfunc two(_ row: Row) {}\n\nfunc three() {}\n",
        "Tests/Scenarios/a.sh": "# said\npass \"all is well\"\n", "Scripts/a": "pass \"all is well\"\n",
    ]

    /// The check sees what it is for.
    @Test(arguments: rows) func findings(_ row: Row) {
        let table = (1...Facts.count).map { number in
            "\(number) fact\n" + (number == 5 ? row.holders : "    A.swift one")
        }
        let facts = Facts(table.joined(separator: "\n")) { Self.files[$0] ?? "" }
        #expect(facts.findings == row.says)
    }

    @Test func factsThatAreMissing() {
        #expect(Facts("", contents: { _ in "" }).findings == ["facts \(Array(1...Facts.count)) are missing"])
    }
}
