/// The bounds on a regular expression and on the text it is asked about.
package enum PatternLimits {
    /// Characters of a pattern, as CoreDNS has it.
    package static let patternCharacterCountMax = 10_000
    /// Instructions of a compiled pattern; with the text's octets, the bound on the time of a match.
    package static let instructionCountMax = 4_000
    /// The count in `{n,m}`, and the product of the counts of repetitions inside each other (RE2).
    package static let repetitionCountMax = 1_000
    /// Parentheses open at once.
    package static let nestingMax = 200
    /// Octets of a text; a longer one matches nothing.
    ///
    /// A name has 1,004 at most in presentation format.
    package static let textOctetCountMax = 4_096
}
