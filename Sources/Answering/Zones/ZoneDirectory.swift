package import DNSWire
package import Patterns

/// A directory of master files, whose names say which zones they are (`auto`).
package struct ZoneDirectory: Hashable, Sendable {
    package var path: String
    package var pattern: Pattern
    /// `{1}` and so on stand for what the groups of `pattern` matched.
    package var template: String

    package init(path: String, pattern: Pattern, template: String) {
        self.path = path
        self.pattern = pattern
        self.template = template
    }

    /// The zone of a file by its name; nil where the pattern does not match, or what comes out is no name.
    package func apex(ofFile name: String) -> Name? {
        guard let match = pattern.firstMatch(in: Array(name.utf8)) else { return nil }
        var text = template
        // From the highest, so that {1} is not found in {10}.
        for group in (0..<match.count).reversed() {
            text.replace("{\(group)}", with: String(decoding: match[group], as: UTF8.self))
        }
        return text.isEmpty ? nil : try? Name(text)
    }
}
