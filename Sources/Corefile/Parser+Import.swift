/// Snippets, and what an `import` line stands for.
extension Parser {
    /// Takes `(name) { … }` and keeps what is between the braces.
    mutating func defineSnippet(from source: inout Source) throws(CorefileError) {
        guard let head = source.take(), let name = Snippet.name(in: head) else { return }
        guard !name.isEmpty else { throw CorefileError(at: head.position, "\"()\" is a snippet without a name") }
        if let earlier = snippets[name] {
            throw CorefileError(
                at: head.position,
                "snippet \(Quoting.quoted(name)) is already defined at \(earlier.position); rename one")
        }
        guard let opening = source.take(), opening.kind == .open else {
            throw CorefileError(
                at: head.position, "\"{\" was expected behind the snippet's name \(Quoting.quoted(name))")
        }
        var body: [Lexeme] = []
        var depth = 1
        while let lexeme = source.take() {
            if lexeme.kind == .open { depth += 1 }
            if lexeme.kind == .close { depth -= 1 }
            if depth == 0 {
                snippets[name] = Snippet(lexemes: body, position: head.position)
                return
            }
            body.append(lexeme)
        }
        throw CorefileError(at: opening.position, "the \"{\" opened here is never closed; add the closing \"}\"")
    }

    /// Takes an `import` line and returns what it stands for: one snippet, one file, or all files of a pattern.
    mutating func importedSources(from source: inout Source) throws(CorefileError) -> [Source] {
        let words = try restOfLine(&source)
        guard words.count > 1, !words[1].text.isEmpty else {
            throw CorefileError(
                at: words[0].position, "\"import\" names nothing; write a snippet, a file or a pattern behind it")
        }
        let (target, arguments) = (words[1], words[2...])
        guard source.chain.count <= CorefileLimits.importDepthMax else {
            throw target.refused(
                "is imported more than \(CorefileLimits.importDepthMax) imports deep; flatten the imports")
        }
        if let snippet = snippets[target.text] {
            return [try self.source(of: snippet, target, arguments: Array(arguments), chain: source.chain)]
        }
        if let extra = arguments.first {
            throw extra.refused("is a second argument of \"import\"; only a snippet defined above takes arguments")
        }
        let path = Self.path(target)
        guard target.text.contains(where: "*?[".contains) else {
            return [try self.source(ofFile: path, importedBy: target, chain: source.chain)]
        }
        if !patterns.contains(path) { patterns.append(path) }
        var sources: [Source] = []
        for match in loader.files(matching: path).sorted() {
            sources.append(try self.source(ofFile: match, importedBy: target, chain: source.chain))
        }
        return sources
    }

    /// A relative path starts at the file that holds the word.
    private static func path(_ target: Token) -> String {
        let file = target.position.file
        guard !target.text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return target.text }
        return file[...slash] + target.text
    }

    private mutating func source(
        of snippet: Snippet, _ name: Token, arguments: [Token], chain: [String]
    ) throws(CorefileError) -> Source {
        let link = "(\(name.text))"
        try refuseCycle(to: link, from: name, chain: chain)
        tokenCount += snippet.lexemes.count
        guard tokenCount <= CorefileLimits.tokensMax else { throw TokenLimit.exceeded(at: name.position) }
        return Source(lexemes: snippet.lexemes, arguments: arguments, chain: chain + [link])
    }

    func refuseCycle(to link: String, from word: Token, chain: [String]) throws(CorefileError) {
        guard let start = chain.firstIndex(of: link) else { return }
        let round = (chain[start...] + [link]).joined(separator: " -> ")
        throw word.refused("imports itself (\(round)); remove one of these imports")
    }
}
