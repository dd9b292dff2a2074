import Corefile
import DNSWire
import Patterns

/// FROM and TO of a line of `rewrite`: what becomes of a name.
struct NameRewrite: Sendable {
    enum Outcome: Sendable { case unmatched, changed, invalid }

    private enum Replacement: Sendable {
        case name(Name)
        case part(NamePart)
        case groups(GroupText)
    }

    let match: NameMatch
    private let replacement: Replacement
    /// TO of an exact rewrite; nil for other kinds.
    let target: NameSuffix?

    /// Reads FROM and TO; refuses a TO that can never be, or that asks for groups the pattern does not have.
    init(_ kind: NameMatch.Kind, _ from: Token, _ to: Token) throws(CorefileError) {
        match = try NameMatch(kind, from)
        switch match {
        case .exact:
            let name = try to.name()
            (replacement, target) = (.name(name), NameSuffix(name))
            return
        case .regex(let pattern): replacement = .groups(try GroupText(to, of: pattern))
        default:
            let part = try to.namePart()
            guard kind == .suffix || part.symbols[0] != NamePart.labelEnd || part.symbols.count == 1 else {
                throw to.refused("gives names that start with a dot; take the dot away")
            }
            replacement = .part(part)
        }
        target = nil
    }

    /// A suffix put in the place of another.
    private init(suffix: NamePart, by other: NamePart) {
        match = .suffix(suffix)
        replacement = .part(other)
        target = nil
    }

    /// The way back of a suffix; nil for other kinds.
    var reversedSuffix: NameRewrite? {
        guard case .suffix(let from) = match, case .part(let to) = replacement else { return nil }
        return NameRewrite(suffix: to, by: from)
    }

    /// The two names of an exact rewrite; nil for other kinds.
    var names: (from: Name, to: Name)? {
        var at = 0
        guard case .exact(let wire) = match, case .name(let to) = replacement,
            let from = try? Name(reading: wire.rawSpan, at: &at)
        else { return nil }
        return (from, to)
    }

    /// Changes `name` where it matches; what is no name is `invalid`, and `name` as it was.
    ///
    /// Allocates for a pattern only.
    func apply(to name: inout FoldedName) -> Outcome {
        if case .regex(let pattern) = match, case .groups(let text) = replacement {
            return Self.apply(pattern, text, to: &name)
        }
        let symbols = NameSymbols(name)
        if case .name(let to) = replacement {
            guard match.matches(name, symbols) else { return .unmatched }
            name.set(to)
            return .changed
        }
        guard case .part(let part) = replacement else { return .unmatched }
        var assembly = NameAssembly()
        switch match {
        case .prefix(let from):
            guard symbols.has(from, at: 0) else { return .unmatched }
            assembly.append(part)
            symbols.write(from.symbols.count..<symbols.count, to: &assembly)
        case .suffix(let from):
            let start = symbols.count - from.symbols.count
            guard symbols.has(from, at: start) else { return .unmatched }
            symbols.write(0..<start, to: &assembly)
            assembly.append(part)
        case .substring(let from):
            guard symbols.find(from) != nil else { return .unmatched }
            Self.replace(from, by: part, in: symbols, into: &assembly)
        case .exact, .regex: return .unmatched
        }
        assembly.endName()
        return assembly.write(to: &name) ? .changed : .invalid
    }

    /// Every place of `from`, from the left, none overlapping another.
    private static func replace(
        _ from: NamePart, by part: NamePart, in symbols: borrowing NameSymbols, into assembly: inout NameAssembly
    ) {
        var at = 0
        while let place = symbols.find(from, from: at) {
            symbols.write(at..<place, to: &assembly)
            assembly.append(part)
            at = place + from.symbols.count
        }
        symbols.write(at..<symbols.count, to: &assembly)
    }

    private static func apply(_ pattern: Pattern, _ text: GroupText, to name: inout FoldedName) -> Outcome {
        guard let match = pattern.firstMatch(in: name.presentation) else { return .unmatched }
        guard let new = text.name(match) else { return .invalid }
        name.set(new)
        return .changed
    }
}

/// A text with `{0}`, `{1}`… for the whole match and the groups of a pattern.
struct GroupText: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text([UInt8])
        case group(Int)
    }

    private let parts: [Part]

    init(_ token: Token, of pattern: Pattern) throws(CorefileError) {
        var parts: [Part] = []
        var rest = token.text[...]
        while let brace = rest.firstIndex(of: "{") {
            guard let end = rest[brace...].firstIndex(of: "}"), let number = Int(rest[brace...].dropFirst()[..<end]),
                number >= 0
            else {
                parts.append(.text(Array(rest[...brace].utf8)))
                rest = rest[rest.index(after: brace)...]
                continue
            }
            guard number <= pattern.groupCount else {
                throw token.refused(
                    "asks for group \(number), and the pattern has \(pattern.groupCount); add parentheses")
            }
            parts += [.text(Array(rest[..<brace].utf8)), .group(number)]
            rest = rest[rest.index(after: end)...]
        }
        parts.append(.text(Array(rest.utf8)))
        self.parts = parts
    }

    /// The name that the text makes with a match, in presentation format; nil where it is none.
    func name(_ match: PatternMatch) -> Name? {
        var text: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let octets): text += octets
            case .group(let group): text += match[group]
            }
        }
        return try? Name(String(decoding: text, as: UTF8.self))
    }
}
