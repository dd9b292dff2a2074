/// Fills in what a word refers to: `{$NAME}` and `{%NAME%}` from the environment, `{args[N]}` from a snippet's import.
///
/// `{$NAME:text}` gives `text` where NAME is not set; without it such a variable is empty. What is filled in is not
/// read again, so a value stays one word and brings in nothing.
struct References<Loader: CorefileLoader> {
    let loader: Loader
    /// nil outside of snippets, where `{args[N]}` stands for itself.
    let arguments: [Token]?

    func resolved(_ lexeme: Lexeme) throws(CorefileError) -> String {
        guard lexeme.text.utf8.contains(UInt8(ascii: "{")) else { return lexeme.text }
        var result = ""
        var rest = lexeme.text[...]
        while let brace = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
            result += rest[..<brace]
            let inside = rest[rest.utf8.index(after: brace)...]
            let end = inside.utf8.firstIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "{") } ?? inside.endIndex
            let isClosed = end < inside.endIndex && inside.utf8[end] == UInt8(ascii: "}")
            if isClosed, let value = try value(of: inside[..<end], at: lexeme.position) {
                result += value
                rest = inside[inside.utf8.index(after: end)...]
            } else {
                result += "{" + inside[..<end]
                rest = inside[end...]
            }
            guard result.utf8.count <= CorefileLimits.fileOctetsMax else {
                throw CorefileError(
                    at: lexeme.position,
                    "the word grows past \(CorefileLimits.fileOctetsMax) octets when its variables are filled in")
            }
        }
        return result + rest
    }

    /// Returns nil when `text`, from between the braces, refers to nothing.
    private func value(of text: Substring, at position: SourcePosition) throws(CorefileError) -> String? {
        if text.hasPrefix("$") { return variable(text.dropFirst()) }
        if text.hasPrefix("%"), text.hasSuffix("%"), text.count > 1 { return variable(text.dropFirst().dropLast()) }
        guard let arguments, text.hasPrefix("args["), text.hasSuffix("]") else { return nil }
        guard let index = Int(text.dropFirst(5).dropLast()), index >= 0 else { return nil }
        guard index < arguments.count else {
            throw CorefileError(
                at: position, "{\(text)} was not given: the import passes \(arguments.count) arguments, counted from 0")
        }
        return arguments[index].text
    }

    private func variable(_ text: Substring) -> String? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        return loader.environmentVariable(String(name)) ?? (parts.count > 1 ? String(parts[1]) : "")
    }
}
