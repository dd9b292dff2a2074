import Yams

/// Turns what Yams throws into a finding with a place and a remedy.
enum YAMLProblem {
    static func finding(for error: any Error, in text: String, file: String) -> Finding {
        guard let error = error as? YamlError else {
            return Finding(.error, file: file, message: "the file cannot be read as YAML: \(error)")
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return syntax(problem, context?.text, mark, text, file)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map(\.quoted).joined(separator: ", ")
            return Finding(
                .error, file: file, line: context.mark.line, column: context.mark.column,
                message: "key \(names) stands more than once in this mapping, here first; keep one of them")
        case .reader(let problem, let offset, _, _):
            return Finding(
                .error, file: file, line: offset.map { line(of: $0, in: text) },
                message: "the YAML cannot be read: \(problem); remove the character")
        default:
            return Finding(.error, file: file, message: "the file cannot be read as YAML: \(error)")
        }
    }

    private static func syntax(
        _ problem: String, _ context: String?, _ mark: Mark, _ text: String, _ file: String
    ) -> Finding {
        var message = "the YAML cannot be read: \(context.map { "\($0), " } ?? "")\(problem)"
        if problem.contains("nesting") {
            message = "the document is nested deeper than \(ManifestDecoder.depthLimit) levels; remove them"
        } else if line(mark.line, of: text).prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            message += "; YAML is indented with spaces: replace the tab"
        } else {
            message += "; correct it here or just before"
        }
        return Finding(.error, file: file, line: mark.line, column: mark.column, message: message)
    }

    private static func line(_ number: Int, of text: String) -> Substring.UnicodeScalarView {
        let lines = text.unicodeScalars.split(separator: "\n", maxSplits: number, omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1) ? lines[number - 1] : Substring.UnicodeScalarView()
    }

    /// The line, counted from 1, of the character at `offset`.
    private static func line(of offset: Int, in text: String) -> Int {
        text.prefix(offset).count { $0.isNewline } + 1
    }
}
