/// Builds server blocks out of lexemes; every import is parsed where it stands, as a part of its own.
///
/// A file or snippet has to be whole: its braces close in it, and a server block does not run past its end.
struct Parser<Loader: CorefileLoader> {
    let loader: Loader
    let defaultPort: UInt16?
    var serverBlocks: [ServerBlock] = []
    var files: [String] = []
    var patterns: [String] = []
    var snippets: [String: Snippet] = [:]
    var tokenCount = 0
    var octetCount = 0
    private var keyCount = 0

    init(loader: Loader, defaultPort: UInt16?) {
        self.loader = loader
        self.defaultPort = defaultPort
    }

    /// Reads server blocks, snippets and imports up to the end of `source`.
    mutating func parseTopLevel(_ source: inout Source) throws(CorefileError) {
        while let first = source.next {
            switch first.kind {
            case .open:
                throw CorefileError(
                    at: first.position,
                    "\"{\" stands where a server block's zone was expected; write for example \".:53 {\"")
            case .close: throw Self.unopened(first)
            case .word where first.isKeyword("import"):
                for var imported in try importedSources(from: &source) { try parseTopLevel(&imported) }
            case .word where Snippet.name(in: first) != nil: try defineSnippet(from: &source)
            case .word: try parseServerBlock(&source)
            }
        }
    }

    private mutating func parseServerBlock(_ source: inout Source) throws(CorefileError) {
        guard let first = source.next else { return }
        let keys = try parseKeys(&source, start: first.position)
        let opening = source.next?.kind == .open ? source.take() : nil
        // Without braces the block goes on to the end of the file.
        let directives = try parseDirectives(&source, opening: opening, depth: 1)
        serverBlocks.append(ServerBlock(keys: keys, directives: directives, position: first.position))
    }

    /// Reads the words of a line as keys; a comma at the end of the line lets them go on in the next.
    private mutating func parseKeys(
        _ source: inout Source, start: SourcePosition
    ) throws(CorefileError) -> [ServerBlockKey] {
        var keys: [ServerBlockKey] = []
        var comma: SourcePosition?
        while let lexeme = source.next, lexeme.kind == .word,
            lexeme.position == start || comma != nil || !lexeme.startsLine
        {
            source.skip()
            var word = try token(lexeme, in: source)
            comma = word.text.hasSuffix(",") ? lexeme.position : nil
            if comma != nil { word.text.removeLast() }
            // An environment variable that is not set leaves an empty word, which adds no key.
            if !word.text.isEmpty { keys += try ServerBlockKey.keys(word, defaultPort: defaultPort) }
            guard keyCount + keys.count <= CorefileLimits.keysMax else { throw Self.tooManyKeys(at: lexeme.position) }
        }
        keyCount += keys.count
        if let comma { throw CorefileError(at: comma, "no zone follows the comma of this one; remove the comma") }
        guard !keys.isEmpty else {
            throw CorefileError(
                at: start, "the server block's zone is empty; write \".\" for all names, or set the variable it names")
        }
        return keys
    }

    /// Reads lines up to the brace that closes `opening`, or to the end of `source` when there is none.
    private mutating func parseDirectives(
        _ source: inout Source, opening: Lexeme?, depth: Int
    ) throws(CorefileError) -> [Directive] {
        var directives: [Directive] = []
        while let first = source.next {
            switch first.kind {
            case .open:
                throw CorefileError(
                    at: first.position, "\"{\" follows no directive; put it at the end of the line it belongs to")
            case .close:
                guard opening != nil else { throw Self.unopened(first) }
                source.skip()
                return directives
            case .word where first.isKeyword("import"):
                for var imported in try importedSources(from: &source) {
                    directives += try parseDirectives(&imported, opening: nil, depth: depth)
                }
            case .word: directives.append(try parseDirective(&source, depth: depth))
            }
        }
        if let opening {
            throw CorefileError(at: opening.position, "the \"{\" opened here is never closed; add the closing \"}\"")
        }
        return directives
    }

    private mutating func parseDirective(_ source: inout Source, depth: Int) throws(CorefileError) -> Directive {
        var words = try restOfLine(&source)
        let name = words.removeFirst()
        if !name.isQuoted, name.text.hasPrefix("("), name.text.hasSuffix(")") {
            throw name.refused("is a snippet inside a server block; define snippets outside of every block")
        }
        guard let opening = source.next, opening.kind == .open, !opening.startsLine else {
            return Directive(name: name, arguments: words)
        }
        guard depth < CorefileLimits.nestingMax else {
            throw CorefileError(
                at: opening.position, "\"{\" opens more than \(CorefileLimits.nestingMax) blocks inside each other")
        }
        source.skip()
        let options = try parseDirectives(&source, opening: opening, depth: depth + 1)
        if let stray = source.next, stray.kind != .close, !stray.startsLine {
            throw CorefileError(
                at: stray.position, "\(Quoting.quoted(stray.text)) follows \"}\" on its line; start a new line for it")
        }
        return Directive(name: name, arguments: words, options: options, hasBlock: true)
    }

    /// Takes the word ahead and those behind it on its line.
    func restOfLine(_ source: inout Source) throws(CorefileError) -> [Token] {
        var words: [Token] = []
        while let lexeme = source.next, lexeme.kind == .word, words.isEmpty || !lexeme.startsLine {
            source.skip()
            words.append(try token(lexeme, in: source))
        }
        return words
    }

    private func token(_ lexeme: Lexeme, in source: Source) throws(CorefileError) -> Token {
        let references = References(loader: loader, arguments: source.arguments)
        return Token(
            text: try references.resolved(lexeme), position: lexeme.position, isQuoted: lexeme.isQuoted)
    }

    private static func unopened(_ brace: Lexeme) -> CorefileError {
        CorefileError(at: brace.position, "\"}\" closes no block; remove it, or add the \"{\" it belongs to")
    }

    private static func tooManyKeys(at position: SourcePosition) -> CorefileError {
        CorefileError(
            at: position,
            "the configuration passes \(CorefileLimits.keysMax) zones here; use shorter prefixes or fewer zones")
    }
}
