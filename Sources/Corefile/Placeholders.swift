import NetworkAddress

/// Fills in the placeholders that NodeLocal DNSCache's Corefile is published with: `__PILLAR__LOCAL__DNS__` and the like.
///
/// A placeholder that is a whole word stands for any number of words; one inside a word, as in
/// `__PILLAR__LOCAL__DNS__:8080`, for the first of them, an IPv6 address in brackets before a colon. Words keep the place
/// of the placeholder. What is filled in is not read again.
struct Placeholders<Loader: CorefileLoader> {
    private static var prefix: String { "__PILLAR__" }

    let loader: Loader

    func filledIn(_ lexemes: [Lexeme]) throws(CorefileError) -> [Lexeme] {
        guard lexemes.contains(where: { Self.firstPlaceholder(in: $0.text[...]) != nil }) else { return lexemes }
        var result: [Lexeme] = []
        var startsLine = false
        for lexeme in lexemes {
            // A word that vanishes leaves its place at the start of the line to the next one.
            startsLine = startsLine || lexeme.startsLine
            for text in try words(of: lexeme) {
                var filled = lexeme
                (filled.text, filled.startsLine) = (text, startsLine)
                startsLine = false
                result.append(filled)
            }
        }
        return result
    }

    private func words(of lexeme: Lexeme) throws(CorefileError) -> [String] {
        guard lexeme.kind == .word, let name = Self.firstPlaceholder(in: lexeme.text[...]) else { return [lexeme.text] }
        if name == lexeme.text[...], !lexeme.isQuoted { return try values(of: name, lexeme) }
        var (result, rest) = ("", lexeme.text[...])
        while let name = Self.firstPlaceholder(in: rest) {
            guard let value = try values(of: name, lexeme).first else {
                throw CorefileError(
                    at: lexeme.position, "\(Quoting.quoted(name)) stands for no word here; write one in its place")
            }
            let behind = rest[name.endIndex...]
            let isBracketed = behind.first == ":" && IPAddress(value)?.family == .ipv6
            result += rest[..<name.startIndex] + (isBracketed ? "[\(value)]" : value)
            rest = behind
        }
        return [result + rest]
    }

    private func values(of name: Substring, _ lexeme: Lexeme) throws(CorefileError) -> [String] {
        do {
            return try loader.words(forPlaceholder: String(name))
        } catch {
            throw CorefileError(at: lexeme.position, "\(Quoting.quoted(name)) \(error.reason)")
        }
    }

    /// The prefix and the capitals, digits and underscores behind it.
    private static func firstPlaceholder(in text: Substring) -> Substring? {
        guard let start = text.firstRange(of: prefix) else { return nil }
        let end = text[start.upperBound...].utf8.firstIndex { octet in
            !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) && !Digits.isDigit(octet)
                && octet != UInt8(ascii: "_")
        }
        return text[start.lowerBound..<(end ?? text.endIndex)]
    }
}
