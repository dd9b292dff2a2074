package import Corefile
package import Patterns

/// Regular expressions among a directive's arguments.
extension Token {
    package func pattern() throws(CorefileError) -> Pattern {
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            throw refused("is no regular expression: \(error)")
        }
    }
}
