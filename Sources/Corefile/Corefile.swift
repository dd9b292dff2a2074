/// A whole configuration: every server block with all imports put in place.
package struct Corefile: Hashable, Sendable {
    /// In the order of the file; empty for a file without any.
    package var serverBlocks: [ServerBlock]
    /// Every file read, the first one first, each once: what a reload has to watch.
    package var files: [String]
    /// Every file name pattern imported, matched or not: a new match is a change too.
    package var patterns: [String]

    /// Reads the file at `file` and all it imports.
    ///
    /// `defaultPort` replaces 53 for keys with the scheme `dns` and no port of their own. Throws at the first thing
    /// that is not the language, passes a bound of ``CorefileLimits``, or cannot be read; directive names and their
    /// arguments are not judged here.
    package static func parse(
        file: String, loader: some CorefileLoader, defaultPort: UInt16? = nil
    ) throws(CorefileError) -> Corefile {
        var parser = Parser(loader: loader, defaultPort: defaultPort)
        var source = try parser.source(ofFile: file)
        try parser.parseTopLevel(&source)
        return Corefile(serverBlocks: parser.serverBlocks, files: parser.files, patterns: parser.patterns)
    }
}

/// The keys it answers for, and the directives that say how.
package struct ServerBlock: Hashable, Sendable {
    /// One or more; a CIDR key that is no whole reverse zone gives several.
    package var keys: [ServerBlockKey]
    package var directives: [Directive]
    /// The first key.
    package var position: SourcePosition

    package init(keys: [ServerBlockKey], directives: [Directive], position: SourcePosition) {
        self.keys = keys
        self.directives = directives
        self.position = position
    }

    /// The zones of its keys in their order, each once.
    package var zones: [String] {
        var seen: Set<String> = []
        return keys.map(\.zone).filter { seen.insert($0).inserted }
    }
}

/// One line of a block: a name, arguments, and the lines of the block behind them.
package struct Directive: Hashable, Sendable {
    package var name: Token
    package var arguments: [Token]
    /// The lines between its braces, in order.
    package var options: [Directive]
    /// True for `name { }`, also with nothing inside.
    package var hasBlock: Bool

    package init(name: Token, arguments: [Token] = [], options: [Directive] = [], hasBlock: Bool = false) {
        self.name = name
        self.arguments = arguments
        self.options = options
        self.hasBlock = hasBlock
    }
}
