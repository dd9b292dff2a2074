/// Cuts the text of one file into words and braces.
///
/// White space ends a word and `#` starts a comment, in the middle of a word too. A word that starts with `"` runs to
/// the next `"` over any number of lines; inside, `\"` stands for `"` and every other backslash for itself. A brace
/// counts as one only when it stands alone. A backslash before the end of a line joins the next line to it.
struct Lexer {
    private let file: String
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var line = 1
    private var column = 1
    private var startsLine = true

    init(file: String, text: String) {
        self.file = file
        scalars = Array(text.unicodeScalars)
        // A byte order mark is no part of the text.
        if scalars.first == "\u{FEFF}" { at = 1 }
    }

    /// Returns all of the file's lexemes; throws at an unclosed quote and past `limit` lexemes.
    static func lexemes(file: String, text: String, limit: Int) throws(CorefileError) -> [Lexeme] {
        var lexer = Lexer(file: file, text: text)
        var lexemes: [Lexeme] = []
        while let lexeme = try lexer.next() {
            guard lexemes.count < limit else { throw TokenLimit.exceeded(at: lexeme.position) }
            lexemes.append(lexeme)
        }
        return lexemes
    }

    private mutating func next() throws(CorefileError) -> Lexeme? {
        skipBlanks()
        guard at < scalars.count else { return nil }
        let position = SourcePosition(file: file, line: line, column: column)
        let isFirst = startsLine
        startsLine = false
        let isQuoted = scalars[at] == "\""
        let text = isQuoted ? try quotedWord(from: position) : plainWord()
        let kind: Lexeme.Kind = isQuoted ? .word : text == "{" ? .open : text == "}" ? .close : .word
        return Lexeme(kind: kind, text: text, position: position, isQuoted: isQuoted, startsLine: isFirst)
    }

    private mutating func skipBlanks() {
        var isComment = false
        while at < scalars.count {
            let scalar = scalars[at]
            if scalar == "\n" {
                (isComment, startsLine) = (false, true)
            } else if scalar == "#" {
                isComment = true
            } else if !isComment {
                let joined = joinLength
                guard joined > 0 || scalar.properties.isWhitespace else { return }
                for _ in 1..<max(1, joined) { advance() }
            }
            advance()
        }
    }

    /// The length of a backslash and the line end behind it, 0 when there is none here.
    private var joinLength: Int {
        guard scalars[at] == "\\" else { return 0 }
        let rest = scalars[(at + 1)...].prefix(2)
        if rest.first == "\n" { return 2 }
        return rest.elementsEqual(["\r", "\n"]) ? 3 : 0
    }

    private mutating func plainWord() -> String {
        var word = String.UnicodeScalarView()
        while at < scalars.count, !scalars[at].properties.isWhitespace, scalars[at] != "#", joinLength == 0 {
            word.append(scalars[at])
            advance()
        }
        return String(word)
    }

    private mutating func quotedWord(from start: SourcePosition) throws(CorefileError) -> String {
        var word = String.UnicodeScalarView()
        var isEscaped = false
        advance()
        while at < scalars.count {
            let scalar = scalars[at]
            advance()
            if scalar == "\"" && !isEscaped { return String(word) }
            if scalar == "\"" { word.removeLast() }
            word.append(scalar)
            isEscaped = scalar == "\\" && !isEscaped
        }
        throw CorefileError(at: start, "the quote opened here is never closed; add the closing \"")
    }

    private mutating func advance() {
        if scalars[at] == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
        at += 1
    }
}

/// The refusal of a configuration with too many words.
enum TokenLimit {
    static func exceeded(at position: SourcePosition) -> CorefileError {
        CorefileError(
            at: position,
            "the configuration passes \(CorefileLimits.tokensMax) words and braces here, imports included; make it shorter"
        )
    }
}
