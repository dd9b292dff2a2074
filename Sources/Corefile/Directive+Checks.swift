/// What a plugin asks of the shape of its directive, or of one of its options.
extension Directive {
    package func rejectArguments() throws(CorefileError) { try requireArgumentCount(0...0) }

    /// Refuses a block behind the directive, an empty one too.
    package func rejectOptions() throws(CorefileError) {
        guard hasBlock else { return }
        let place = options.first?.name.position ?? name.position
        throw CorefileError(at: place, "\(quotedName) takes no block; remove it from \"{\" to \"}\"")
    }

    package func requireArgumentCount(_ count: Int) throws(CorefileError) { try requireArgumentCount(count...count) }

    /// Places the error at the first argument too many, or at the name when there are too few.
    package func requireArgumentCount(_ range: ClosedRange<Int>) throws(CorefileError) {
        guard !range.contains(arguments.count) else { return }
        let extra = arguments.dropFirst(range.upperBound).first
        let remedy = extra.map { "; remove \(Quoting.quoted($0.text))" } ?? ""
        throw CorefileError(
            at: extra?.position ?? name.position,
            "\(quotedName) takes \(Self.expected(range)), found \(arguments.count)\(remedy)")
    }

    package func requireArgumentCount(_ range: PartialRangeFrom<Int>) throws(CorefileError) {
        guard arguments.count < range.lowerBound else { return }
        let noun = range.lowerBound == 1 ? "argument" : "arguments"
        throw CorefileError(
            at: name.position,
            "\(quotedName) takes \(range.lowerBound) \(noun) or more, found \(arguments.count)")
    }

    /// Returns the one argument; throws when there is none or another.
    package func onlyArgument() throws(CorefileError) -> Token {
        try requireArgumentCount(1)
        return arguments[0]
    }

    /// The refusal of this option's name, naming the nearest of the `known` options of `directive`.
    package func unknownOption(of directive: Directive, known: [String]) -> CorefileError {
        if known.isEmpty { return name.refused("is no option: \(directive.quotedName) has none; remove the line") }
        return name.unknown("option of \(directive.quotedName)", known: known)
    }

    /// A refusal of the directive as a whole, placed at its name; `problem` follows the name.
    package func refused(_ problem: String) -> CorefileError { name.refused(problem) }

    private var quotedName: String { Quoting.quoted(name.text) }

    private static func expected(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (0, 0): "no arguments"
        case (1, 1): "1 argument"
        case (let count, let last) where count == last: "\(count) arguments"
        case (0, let last): "at most \(last) argument" + (last == 1 ? "" : "s")
        case (let first, let last): "\(first) to \(last) arguments"
        }
    }
}
