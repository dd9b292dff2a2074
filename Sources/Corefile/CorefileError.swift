/// Why a Corefile was refused, and where.
package struct CorefileError: Error, Hashable, Sendable, CustomStringConvertible {
    package var position: SourcePosition
    /// One sentence: what was found, what was expected or what to do about it.
    package var message: String

    package init(at position: SourcePosition, _ message: String) {
        self.position = position
        self.message = message
    }

    /// The line to show: `file:line:column: message`.
    package var description: String { "\(position): \(message)" }
}

/// Quotes words of the file inside messages.
package enum Quoting {
    private static let shownScalarsMax = 64

    /// `text` in double quotes on one line: control characters escaped, a long text cut with `…`.
    package static func quoted(_ text: some StringProtocol) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(shownScalarsMax) {
            shown += scalar == "\"" ? "\\\"" : scalar.escaped(asASCII: false)
        }
        let isCut = text.unicodeScalars.dropFirst(shownScalarsMax).first != nil
        return "\"" + shown + (isCut ? "…" : "") + "\""
    }

    /// Joins `words` as in "a, b or c".
    static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
