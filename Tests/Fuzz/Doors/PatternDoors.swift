import Patterns

/// A regular expression, a line end, and a text to look at.
struct PatternsDoor: Door {
    static let name = "patterns"

    func take(_ input: RawSpan) throws(Broken) {
        let octets = input.array
        let end = octets.firstIndex(of: 0x0A) ?? octets.count
        let source = String(decoding: octets[..<end], as: UTF8.self)
        let text = Array(octets[min(octets.count, end + 1)...])
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(source)
        } catch {
            try require(
                error.offset >= 0 && error.offset <= source.unicodeScalars.count && !error.description.contains("\n"),
                "nowhere: \(error)")
            return
        }
        try require(pattern.groupCount >= 0 && pattern.text == source, "another pattern")
        let match = pattern.firstMatch(in: text)
        try require((match != nil) == pattern.matches(text), "a match is found one way alone")
        if let match { try judge(match, pattern, text.count) }
    }

    /// Every group lies in the text, and the first is the whole match.
    private func judge(_ match: PatternMatch, _ pattern: Pattern, _ count: Int) throws(Broken) {
        try require(match.count == pattern.groupCount + 1, "\(match.count) groups")
        guard let whole = match.range(0) else { throw Broken("a match without a place") }
        try require(whole.lowerBound >= 0 && whole.upperBound <= count, "a match outside of the text")
        for group in 1..<max(1, match.count) {
            guard let range = match.range(group) else { continue }
            try require(range.lowerBound >= whole.lowerBound && range.upperBound <= whole.upperBound, "group \(group)")
        }
    }
}

/// A template's text, filled in for two queries.
struct TemplatesDoor: Door {
    static let name = "templates"

    private static let values = TemplateValues(
        name: Array("www.example.com.".utf8), questionName: Array("WWW.example.com.".utf8),
        zone: Array("example.com.".utf8), type: "A", qclass: "IN", typeNumber: 1, classNumber: 1, messageID: 4711,
        remote: "192.0.2.1", groups: [Array("www.example.com.".utf8), Array("ff".utf8), [0, 0xFF, 0x22]],
        groupNames: [nil, "a", nil])

    func take(_ input: RawSpan) throws(Broken) {
        let source = String(decoding: input.array, as: UTF8.self)
        let template: TemplateText
        do throws(TemplateError) {
            template = try TemplateText(source)
        } catch {
            try require(error.offset >= 0 && error.offset <= source.unicodeScalars.count, "nowhere: \(error)")
            return
        }
        guard let filled = try? template.filled(Self.values) else { return }
        if template.isConstant { try require(filled.count <= input.byteCount * 3, "a constant text has grown") }
        var other = Self.values
        (other.groups, other.groupNames) = ([], [])
        _ = try? template.filled(other)
    }
}
