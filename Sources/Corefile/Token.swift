/// One word of a Corefile, environment variables and snippet arguments filled in.
package struct Token: Hashable, Sendable {
    package var text: String
    /// Where the word starts; for a word in quotes, its opening quote.
    package var position: SourcePosition
    /// True for a word written in double quotes; `text` is what stood between them.
    package var isQuoted: Bool

    package init(text: String, position: SourcePosition, isQuoted: Bool = false) {
        self.text = text
        self.position = position
        self.isQuoted = isQuoted
    }

    /// The refusal of this word; `problem` follows it: `"abc" is not a port…`.
    package func refused(_ problem: String) -> CorefileError {
        CorefileError(at: position, "\(Quoting.quoted(text)) \(problem)")
    }
}

/// One word or brace as it stands in the file.
struct Lexeme: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case word, open, close }

    var kind: Kind
    var text: String
    var position: SourcePosition
    var isQuoted: Bool
    /// True for the first of its line; a line ended by a backslash goes on in the next.
    var startsLine: Bool

    /// True for the unquoted word `keyword`.
    func isKeyword(_ keyword: String) -> Bool { kind == .word && !isQuoted && text == keyword }
}
