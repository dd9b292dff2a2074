import Corefile

/// Files, variables and patterns of a test; a pattern is `*` with fixed text before and after.
struct MemoryLoader: CorefileLoader {
    var files: [String: String] = [:]
    var octets: [String: [UInt8]] = [:]
    var environment: [String: String] = [:]
    /// By the middle of their names: `LOCAL__DNS`.
    var placeholders: [String: [String]] = [:]

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        if let octets = octets[path] { return octets }
        guard let text = files[path] else { throw CorefileLoadFailure(reason: "no such file") }
        return Array(text.utf8)
    }

    func files(matching pattern: String) -> [String] {
        let parts = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return [] }
        return files.keys.filter { $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[1]) }
    }

    func environmentVariable(_ name: String) -> String? { environment[name] }

    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        guard let words = placeholders[String(name.dropFirst(10).dropLast(2))] else {
            throw CorefileLoadFailure(reason: "is not set here; set it")
        }
        return words
    }
}

/// Parses `text` as the file `Corefile`, in reach of the other files.
func parse(
    _ text: String, files: [String: String] = [:], environment: [String: String] = [:], defaultPort: UInt16? = nil
) throws(CorefileError) -> Corefile {
    let all = files.merging(["Corefile": text]) { _, text in text }
    return try Corefile.parse(
        file: "Corefile", loader: MemoryLoader(files: all, environment: environment), defaultPort: defaultPort)
}

/// One line for the keys of each block, one for each directive, indented by two for each level; words in `|`.
func outline(_ corefile: Corefile) -> String {
    corefile.serverBlocks.map { block in
        ([block.keys.map(\.description).joined(separator: " ")] + lines(block.directives, indent: "  "))
            .joined(separator: "\n")
    }.joined(separator: "\n")
}

private func lines(_ directives: [Directive], indent: String) -> [String] {
    directives.flatMap { directive in
        let words = ([directive.name] + directive.arguments).map(\.text).joined(separator: "|")
        return [indent + words + (directive.hasBlock ? " {" : "")] + lines(directive.options, indent: indent + "  ")
    }
}

/// The error that `body` throws; nil when it returns, or throws an error of another kind.
func refusal<T>(_ body: () throws -> T) -> CorefileError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? CorefileError
    }
}

/// A token for readers that need no file, at `f:3:7`.
func word(_ text: String) -> Token { Token(text: text, position: SourcePosition(file: "f", line: 3, column: 7)) }

/// The first directive of a block that holds `line`.
func directive(_ line: String) throws -> Directive {
    let block = try parse(". {\n" + line + "\n}").serverBlocks.first
    struct NoDirective: Error {}
    guard let directive = block?.directives.first else { throw NoDirective() }
    return directive
}
