/// A regular expression in the syntax of RE2 and Go, over octets, matched in linear time.
///
/// `.` takes one octet other than a line end; `\d`, `\w`, `\s`, `\b`, classes and `(?i)` know ASCII alone, and other
/// characters stand for their octets in UTF-8. Not anchored: write `^` and `$`. Two patterns are equal where their
/// texts are. <https://github.com/google/re2/wiki/Syntax>
package struct Pattern: Sendable {
    package let text: String
    /// The names of groups by index; nil for one without a name, and for 0, the whole match.
    package let groupNames: [String?]
    let node: PatternNode
    private let program: PatternProgram

    /// Throws at the first thing that is not the syntax, or passes a bound of ``PatternLimits``.
    package init(_ text: String) throws(PatternError) {
        var parser = try PatternParser(text)
        node = try parser.parse()
        program = try PatternProgram(node, groupCount: parser.groupNames.count)
        self.text = text
        groupNames = parser.groupNames
    }

    /// The groups in parentheses, without the whole match.
    package var groupCount: Int { groupNames.count - 1 }

    /// The leftmost match, of those that start there the one Perl would take; nil also for a text that is too long.
    ///
    /// Allocates; O(text × program).
    package func firstMatch(in text: [UInt8]) -> PatternMatch? {
        guard text.count <= PatternLimits.textOctetCountMax else { return nil }
        var machine = PatternMachine(program, text, keepsGroups: true)
        return machine.run().map { PatternMatch(text: text, places: $0) }
    }

    /// Whether there is a match; cheaper than to find where.
    package func matches(_ text: [UInt8]) -> Bool {
        guard text.count <= PatternLimits.textOctetCountMax else { return false }
        var machine = PatternMachine(program, text, keepsGroups: false)
        return machine.run() != nil
    }
}

extension Pattern: Hashable {
    package static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Where a pattern and each of its groups matched.
package struct PatternMatch: Hashable, Sendable {
    private let text: [UInt8]
    /// Start and end of each group, -1 for one that took no part.
    private let places: [Int]

    init(text: [UInt8], places: [Int]) {
        self.text = text
        self.places = places
    }

    /// The groups, with the whole match as the first.
    package var count: Int { places.count / 2 }

    /// Where a group matched; nil for one that took no part.
    ///
    /// Traps for a group the pattern does not have.
    package func range(_ group: Int) -> Range<Int>? {
        let (start, end) = (places[2 * group], places[2 * group + 1])
        return start < 0 || end < 0 ? nil : start..<end
    }

    /// A group's octets; none for one that took no part.
    package subscript(group: Int) -> ArraySlice<UInt8> { range(group).map { text[$0] } ?? [] }
}
