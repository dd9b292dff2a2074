/// The table that names for each fact of robustness what holds it; its format is told in its first lines.
struct Facts {
    /// The facts that may wait: DNS over HTTPS (30, 31, 33 and a part of 32), zones and DNSSEC.
    static let mayWait: Set = [30, 31, 32, 33, 76, 77, 82, 83]
    /// Facts that nothing holds yet, though something should.
    static let open: Set<Int> = []
    static let count = 92

    /// All that is wrong with the table, a sentence each.
    private(set) var findings: [String] = []
    private var numbers: [Int] = []
    private var isHeld = false
    private let contents: (String) -> String

    /// - Parameter contents: what the file at a path below Tests/ or Scripts/ holds; empty where there is none.
    init(_ text: String, contents: @escaping (String) -> String) {
        self.contents = contents
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            line.hasPrefix("    ") ? hold(line.dropFirst(4)) : begin(line)
        }
        endFact()
        let missing = (1...Self.count).filter { !numbers.contains($0) }
        if !missing.isEmpty { findings.append("facts \(missing) are missing") }
        if numbers != numbers.sorted() || Set(numbers).count != numbers.count {
            findings.append("the numbers are not in order, each once")
        }
    }

    private mutating func begin(_ line: Substring) {
        endFact()
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let number = Int(words[0]) else {
            findings.append("\"\(line)\" is no fact")
            return
        }
        numbers.append(number)
        isHeld = false
    }

    private mutating func endFact() {
        if let number = numbers.last, !isHeld { findings.append("fact \(number) has no test") }
    }

    private mutating func hold(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard let number = numbers.last, words.count == 2 else {
            findings.append("\"\(line)\" belongs to no fact, or lacks a part")
            return
        }
        isHeld = true
        switch words[0] {
        case "later": if !Self.mayWait.contains(number) { findings.append("fact \(number) may not wait") }
        case "open": if !Self.open.contains(number) { findings.append("fact \(number) may not be open") }
        default: check(words[1], in: words[0], of: number)
        }
    }

    /// Whether the file has the function (and the row), or the text.
    private mutating func check(_ place: String, in path: String, of number: Int) {
        let file = path.hasPrefix("Scripts/") ? path : "Tests/" + path
        let text = contents(file)
        guard !text.isEmpty else {
            findings.append("fact \(number): there is no file \(file)")
            return
        }
        var rest = place[...]
        if !rest.hasPrefix("\"") {
            let name = rest.prefix { $0 != " " }
            rest = rest.dropFirst(name.count + 1)
            if !Self.hasTest(name, in: text) { findings.append("fact \(number): \(file) has no test \(name)") }
        }
        if rest.isEmpty { return }
        let quoted = rest.dropFirst().dropLast()
        guard rest.count > 2, rest.hasPrefix("\""), rest.hasSuffix("\"") else {
            findings.append("fact \(number): \"\(place)\" is no name of a test and no text in quotes")
            return
        }
        let lines = text.split(separator: "\n").filter { !$0.drop(while: { $0 == " " }).hasPrefix("#") }
        if !lines.contains(where: { $0.contains(quoted) }) {
            findings.append("fact \(number): \(file) has no line with \(rest)")
        }
    }

    /// A function with `@Test` in front of it, at most a few lines before where the attribute has arguments.
    private static func hasTest(_ name: Substring, in text: String) -> Bool {
        var isTest = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.contains("@Test") { isTest = true }
            if line.isEmpty { isTest = false }
            if isTest, line.contains("func \(name)(") { return true }
        }
        return false
    }
}
