/// Reads the syntax of RE2 and Go, which has nothing that needs backtracking.
struct PatternParser {
    /// `i`, `m`, `s` and `U` of RE2.
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
        var isLazyByDefault = false
    }

    let scalars: [Unicode.Scalar]
    var at = 0
    var flags = Flags()
    /// The names of groups by index; nil for one without, and for 0.
    var groupNames: [String?] = [nil]
    private var depth = 0

    init(_ text: String) throws(PatternError) {
        scalars = Array(text.unicodeScalars)
        guard scalars.count <= PatternLimits.patternCharacterCountMax else {
            throw PatternError(.tooLong, at: PatternLimits.patternCharacterCountMax)
        }
    }

    /// The whole pattern as group 0.
    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try choice()
        // Only a parenthesis too many ends a choice before the text does.
        guard at == scalars.count else { throw PatternError(.unopenedGroup, at: at) }
        return .group(0, node)
    }

    var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    /// Whether `text` stands here; nothing is taken.
    func isNext(_ text: String) -> Bool { scalars[at...].starts(with: text.unicodeScalars) }

    private mutating func choice() throws(PatternError) -> PatternNode {
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if isNext("\\Q") {
                try quotation(into: &parts)
            } else if let node = try atom() {
                parts.append(try repeated(node, from: at))
            } else if try repetition() != nil {
                throw PatternError(.nothingToRepeat, at: at - 1)
            }
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// One atom; nil where flags were set, which are none.
    private mutating func atom() throws(PatternError) -> PatternNode? {
        let start = at
        guard let scalar = next else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .octet(try bracketClass())
        case "\\": return try escape()
        case "*", "+", "?": throw PatternError(.nothingToRepeat, at: start)
        case "{":
            guard try repetition() == nil else { throw PatternError(.nothingToRepeat, at: start) }
            at = start
        default: break
        }
        at += 1
        switch scalar {
        case ".": return .octet(flags.dotTakesNewline ? .all : OctetSet.newline.inverted)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        default: return literal(scalar)
        }
    }

    /// A character as its octets in UTF-8.
    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        let octets = Array(String(scalar).utf8)
        let nodes = octets.map { octet -> PatternNode in
            let set = OctetSet(octet...octet)
            return .octet(flags.ignoresCase ? set.caseFolded : set)
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// `\Q…\E`: characters that stand for themselves; the last of them may be repeated.
    private mutating func quotation(into parts: inout [PatternNode]) throws(PatternError) {
        at += 2
        var last: PatternNode?
        while let scalar = next, !isNext("\\E") {
            if let last { parts.append(last) }
            last = literal(scalar)
            at += 1
        }
        if isNext("\\E") { at += 2 }
        if let last { parts.append(try repeated(last, from: at)) }
    }

    private mutating func group() throws(PatternError) -> PatternNode? {
        let start = at
        let outer = flags
        at += 1
        var index: Int?
        if isNext("?") {
            guard try groupHead(from: start, index: &index) else { return nil }
        } else {
            index = groupNames.count
            groupNames.append(nil)
        }
        depth += 1
        guard depth <= PatternLimits.nestingMax else { throw PatternError(.tooDeep, at: start) }
        let node = try choice()
        guard take(")") else { throw PatternError(.unclosedGroup, at: start) }
        depth -= 1
        flags = outer
        return index.map { .group($0, node) } ?? node
    }
}
