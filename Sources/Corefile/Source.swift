/// A file or snippet on its way through the parser.
struct Source {
    private let lexemes: [Lexeme]
    private var at = 0
    /// What `{args[N]}` stands for; nil outside of snippets.
    let arguments: [Token]?
    /// The files and snippets being imported, the outermost first, this one last.
    let chain: [String]

    init(lexemes: [Lexeme], arguments: [Token]?, chain: [String]) {
        self.lexemes = lexemes
        self.arguments = arguments
        self.chain = chain
    }

    /// The lexeme ahead, nil at the end.
    var next: Lexeme? { at < lexemes.count ? lexemes[at] : nil }

    mutating func skip() { at += 1 }

    mutating func take() -> Lexeme? {
        defer { at += 1 }
        return next
    }
}

/// `(name) { … }`: lines kept for `import name`.
struct Snippet {
    var lexemes: [Lexeme]
    var position: SourcePosition

    /// The name in `(name)`, nil for any other lexeme.
    static func name(in lexeme: Lexeme) -> String? {
        guard lexeme.kind == .word, !lexeme.isQuoted, lexeme.text.hasPrefix("("), lexeme.text.hasSuffix(")") else {
            return nil
        }
        return String(lexeme.text.dropFirst().dropLast())
    }
}
