/// Why one object cannot be used: the field, what it holds, and the remedy.
struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As in `spec.ports[0].port`; empty for the object as a whole.
    var path: String
    /// The sentence that follows the path.
    var message: String

    init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    var description: String { path.isEmpty ? message : "\(path) \(message)" }
}

extension String {
    /// Quoted and cut to 64 Unicode scalars, with control characters escaped, so that one message stays one line.
    var quoted: String {
        let kept = unicodeScalars.prefix(64)
        return String(kept).debugDescription + (kept.endIndex < unicodeScalars.endIndex ? "…" : "")
    }
}
