/// Why a label selector could not be read, and at which octet of its text, counted from 0.
package struct LabelSelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case keyExpected, badKey, operatorExpected, badValue, listExpected, emptyList, integerExpected, commaExpected
    }

    package var reason: Reason
    package var offset: Int
    /// The word or sign found there; empty at the end of the text.
    package var found: String

    package var description: String {
        let found = found.isEmpty ? "the end" : "\u{22}\(found)\u{22}"
        return "label selector, offset \(offset): \(expectation), found \(found)"
    }

    private var expectation: String {
        switch reason {
        case .keyExpected: "expected a label key"
        case .badKey: "a label key is [prefix/]name, the name at most 63 letters, digits, '-', '_', '.'"
        case .operatorExpected: "expected =, ==, !=, in, notin, > or <"
        case .badValue: "a label value is at most 63 letters, digits, '-', '_', '.', and ends in a letter or digit"
        case .listExpected: "expected a list of values in parentheses"
        case .emptyList: "a list of values must not be empty"
        case .integerExpected: "> and < compare with an integer"
        case .commaExpected: "expected a comma between requirements"
        }
    }
}

extension LabelSelector {
    /// Reads selector text as Kubernetes does: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>1`.
    ///
    /// Spaces between words have no meaning; empty text selects everything (apimachinery, pkg/labels/selector.go).
    package init(parsing text: String) throws(LabelSelectorError) {
        var scanner = SelectorScanner(text)
        var requirements: [Requirement] = []
        while !(requirements.isEmpty && scanner.isAtEnd) {
            requirements.append(try scanner.requirement())
            if scanner.isAtEnd { break }
            guard scanner.take(",") else { throw scanner.error(.commaExpected) }
        }
        self.init(requirements)
    }
}

/// Walks the words and signs of selector text; each token is read once.
private struct SelectorScanner {
    private let octets: [UInt8]
    private var offset = 0
    private var token = ""
    private var tokenOffset = 0

    init(_ text: String) {
        octets = Array(text.utf8)
        advance()
    }

    var isAtEnd: Bool { token.isEmpty }

    mutating func requirement() throws(LabelSelectorError) -> LabelSelector.Requirement {
        if take("!") { return .absent(try key()) }
        let key = try key()
        switch token {
        case "", ",": return .exists(key)
        case "=", "==":
            advance()
            return .among(key, [try value()])
        case "!=":
            advance()
            return .notAmong(key, [try value()])
        case "in":
            advance()
            return .among(key, try list())
        case "notin":
            advance()
            return .notAmong(key, try list())
        case ">":
            advance()
            return .above(key, try integer())
        case "<":
            advance()
            return .below(key, try integer())
        default: throw error(.operatorExpected)
        }
    }

    mutating func take(_ sign: String) -> Bool {
        guard token == sign else { return false }
        advance()
        return true
    }

    func error(_ reason: LabelSelectorError.Reason) -> LabelSelectorError {
        LabelSelectorError(reason: reason, offset: tokenOffset, found: token)
    }

    private mutating func key() throws(LabelSelectorError) -> String {
        guard isWord else { throw error(.keyExpected) }
        guard LabelSyntax.isKey(token) else { throw error(.badKey) }
        defer { advance() }
        return token
    }

    /// A value may be left out: `a=` means the empty value.
    private mutating func value() throws(LabelSelectorError) -> String {
        guard isWord else { return "" }
        guard LabelSyntax.isValue(token) else { throw error(.badValue) }
        defer { advance() }
        return token
    }

    private mutating func integer() throws(LabelSelectorError) -> Int64 {
        guard let number = Int64(token) else { throw error(.integerExpected) }
        advance()
        return number
    }

    private mutating func list() throws(LabelSelectorError) -> Set<String> {
        guard take("(") else { throw error(.listExpected) }
        if token == ")" { throw error(.emptyList) }
        var values: Set<String> = [try value()]
        while take(",") { values.insert(try value()) }
        guard take(")") else { throw error(.listExpected) }
        return values
    }

    private var isWord: Bool { token.utf8.first.map { !Self.isSign($0) } ?? false }

    private static func isSign(_ octet: UInt8) -> Bool { "=!(),<>".utf8.contains(octet) }
    private static func isSpace(_ octet: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(octet) }

    private mutating func advance() {
        while offset < octets.count, Self.isSpace(octets[offset]) { offset += 1 }
        tokenOffset = offset
        guard offset < octets.count else {
            token = ""
            return
        }
        let first = octets[offset]
        offset += 1
        if Self.isSign(first) {
            let isDouble = (first == UInt8(ascii: "=") || first == UInt8(ascii: "!"))
            if isDouble, offset < octets.count, octets[offset] == UInt8(ascii: "=") { offset += 1 }
        } else {
            while offset < octets.count, !Self.isSign(octets[offset]), !Self.isSpace(octets[offset]) { offset += 1 }
        }
        token = String(decoding: octets[tokenOffset..<offset], as: UTF8.self)
    }
}
