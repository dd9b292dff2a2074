/// Functions and initialisers, measured from their first line to their closing brace.
enum Functions {
    struct Length {
        /// Counted from 1.
        var line: Int
        var count: Int
    }

    /// Nested functions are counted on their own and in the outer one; a declaration without a body ends at its line.
    static func lengths(in code: [String]) -> [Length] {
        code.indices.filter { isStart(code[$0]) }.compactMap { start in
            var depth = 0
            for line in start..<code.count {
                let before = depth
                for character in code[line] {
                    if character == "{" { depth += 1 }
                    if character == "}" { depth -= 1 }
                }
                let hasOpened = depth > 0 || before > 0 || code[line].contains("{")
                if hasOpened && depth <= 0 { return Length(line: start + 1, count: line - start + 1) }
                // A requirement of a protocol: the next line starts something else.
                if !hasOpened && line > start && isStart(code[line]) { return nil }
            }
            return nil
        }
    }

    private static func isStart(_ line: String) -> Bool {
        let words = line.split { $0 == " " || $0 == "(" || $0 == "<" || $0 == "?" }
        return words.prefix(6).contains { $0 == "func" || $0 == "init" || $0 == "deinit" }
    }
}
