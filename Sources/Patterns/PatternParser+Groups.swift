/// What stands behind `(?`, and repetitions.
extension PatternParser {
    /// Reads from the `?` on to where the group's pattern starts; false where the parentheses set flags and are closed.
    mutating func groupHead(from start: Int, index: inout Int?) throws(PatternError) -> Bool {
        for refused in ["?=", "?!", "?<=", "?<!"] where isNext(refused) { throw PatternError(.lookaround, at: start) }
        for refused in ["?>", "?("] where isNext(refused) { throw PatternError(.atomicGroup, at: start) }
        for refused in ["?P=", "?P>"] where isNext(refused) { throw PatternError(.backreference, at: start) }
        for opening in ["?P<", "?<"] where isNext(opening) {
            at += opening.unicodeScalars.count
            index = groupNames.count
            groupNames.append(try groupName())
            return true
        }
        at += 1
        return try flagGroup(from: start)
    }

    private mutating func groupName() throws(PatternError) -> String {
        let start = at
        var name = String.UnicodeScalarView()
        while let scalar = next, scalar != ">" {
            guard scalar.isASCII, OctetSet.word.contains(UInt8(scalar.value)) else {
                throw PatternError(.badGroupName, at: at)
            }
            name.append(scalar)
            at += 1
        }
        guard !name.isEmpty, take(">") else { throw PatternError(.badGroupName, at: start) }
        guard !groupNames.contains(String(name)) else {
            throw PatternError(.doubledGroupName(String(name)), at: start)
        }
        return String(name)
    }

    /// Flags, then `)` for the rest of the group around, or `:` for a group of their own.
    private mutating func flagGroup(from start: Int) throws(PatternError) -> Bool {
        var value = true
        var count = 0
        while let scalar = next {
            at += 1
            switch scalar {
            case ":": return true
            case ")":
                guard count > 0 else { throw PatternError(.unknownGroup, at: start) }
                return false
            case "-" where value: (value, count) = (false, 0)
            case "i": flags.ignoresCase = value
            case "m": flags.isMultiline = value
            case "s": flags.dotTakesNewline = value
            case "U": flags.isLazyByDefault = value
            default:
                throw PatternError(count == 0 && value ? .unknownGroup : .unknownFlag, at: count == 0 ? start : at - 1)
            }
            if scalar != "-" { count += 1 }
        }
        throw PatternError(.unclosedGroup, at: start)
    }

    /// The node with the repetition behind it, if there is one.
    mutating func repeated(_ node: PatternNode, from start: Int) throws(PatternError) -> PatternNode {
        guard let (min, max) = try repetition() else { return node }
        var isLazy = flags.isLazyByDefault
        if take("?") { isLazy.toggle() }
        let end = at
        guard try repetition() == nil else { throw PatternError(.doubledRepetition, at: end) }
        let repeated = PatternNode.repetition(node, min: min, max: max, isLazy: isLazy)
        guard repeated.repetitionCount <= PatternLimits.repetitionCountMax else {
            throw PatternError(.badRepetitionCount, at: start)
        }
        return repeated
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; nil, and nothing taken, where none stands here.
    mutating func repetition() throws(PatternError) -> (min: Int, max: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        return try countedRepetition()
    }

    /// A brace that starts no counted repetition is a character like others.
    private mutating func countedRepetition() throws(PatternError) -> (min: Int, max: Int?)? {
        let start = at
        guard take("{"), let min = number() else {
            at = start
            return nil
        }
        var max: Int? = min
        if take(",") { max = next == "}" ? nil : number() ?? -1 }
        guard max != -1, take("}") else {
            at = start
            return nil
        }
        guard Swift.max(min, max ?? 0) <= PatternLimits.repetitionCountMax, max.map({ $0 >= min }) ?? true else {
            throw PatternError(.badRepetitionCount, at: start)
        }
        return (min, max)
    }

    /// A decimal number without zeros in front; numbers past the bound are cut to just above it.
    private mutating func number() -> Int? {
        let start = at
        var value = 0
        while let digit = next?.value, (0x30...0x39).contains(digit) {
            value = Swift.min(value * 10 + Int(digit - 0x30), PatternLimits.repetitionCountMax + 1)
            at += 1
        }
        guard at > start, scalars[start] != "0" || at == start + 1 else { return nil }
        return value
    }
}

extension PatternNode {
    /// How often a step inside may stand in the program: the product of the counts around it.
    fileprivate var repetitionCount: Int {
        switch self {
        case .empty, .octet, .assertion: 1
        case .sequence(let parts), .choice(let parts): parts.map(\.repetitionCount).max() ?? 1
        case .group(_, let node): node.repetitionCount
        case .repetition(let node, let min, let max, _): node.repetitionCount * Swift.max(1, max ?? min)
        }
    }
}
