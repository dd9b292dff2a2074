/// The files of a configuration, read within the bounds of ``CorefileLimits``.
extension Parser {
    /// Reads the file at `path` as the outermost one; a failure is placed at its first character.
    mutating func source(ofFile path: String) throws(CorefileError) -> Source {
        try source(
            ofFile: path, importedBy: Token(text: path, position: SourcePosition(file: path, line: 1, column: 1)),
            chain: [])
    }

    /// Reads the file at `path`; when it cannot be read the error is placed at `word`.
    mutating func source(
        ofFile path: String, importedBy word: Token, chain: [String]
    ) throws(CorefileError) -> Source {
        try refuseCycle(to: path, from: word, chain: chain)
        let text = try text(ofFile: path, importedBy: word, isFirst: chain.isEmpty)
        if !files.contains(path) { files.append(path) }
        let written = try Lexer.lexemes(file: path, text: text, limit: CorefileLimits.tokensMax - tokenCount)
        let lexemes = try Placeholders(loader: loader).filledIn(written)
        tokenCount += lexemes.count
        guard tokenCount <= CorefileLimits.tokensMax else { throw TokenLimit.exceeded(at: word.position) }
        return Source(lexemes: lexemes, arguments: nil, chain: chain + [path])
    }

    private mutating func text(
        ofFile path: String, importedBy word: Token, isFirst: Bool
    ) throws(CorefileError) -> String {
        let octets: [UInt8]
        do {
            octets = try loader.contents(of: path, limit: CorefileLimits.fileOctetsMax)
        } catch {
            let place = word.text == path ? "" : " at \(Quoting.quoted(path))"
            let remedy = isFirst ? "name a readable file" : "name a readable file, or a snippet defined above"
            throw word.refused("cannot be read\(place): \(error.reason); \(remedy)")
        }
        octetCount += max(octets.count, 1)
        guard octets.count <= CorefileLimits.fileOctetsMax else {
            throw word.refused("is longer than \(CorefileLimits.fileOctetsMax) octets; split it or make it shorter")
        }
        guard octetCount <= CorefileLimits.totalOctetsMax else {
            throw word.refused("brings the configuration past \(CorefileLimits.totalOctetsMax) octets; import less")
        }
        guard let text = String(validating: octets, as: UTF8.self) else { throw Self.notUTF8(octets, file: path) }
        return text
    }

    private static func notUTF8(_ octets: [UInt8], file: String) -> CorefileError {
        let lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        let position = SourcePosition(file: file, line: bad + 1, column: 1)
        return CorefileError(at: position, "this line is not UTF-8; save the file as UTF-8")
    }
}
