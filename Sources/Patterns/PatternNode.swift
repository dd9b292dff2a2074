/// A pattern as its syntax has it.
indirect enum PatternNode: Sendable {
    case empty
    case octet(OctetSet)
    case assertion(Assertion)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// A group whose text is kept; 0 is the whole match.
    case group(Int, PatternNode)
    /// `max` nil: without end.
    case repetition(PatternNode, min: Int, max: Int?, isLazy: Bool)

    /// Whether it can match the empty text.
    var isNullable: Bool {
        switch self {
        case .empty, .assertion: true
        case .octet: false
        case .sequence(let parts): parts.allSatisfy(\.isNullable)
        case .choice(let parts): parts.contains(where: \.isNullable)
        case .group(_, let node): node.isNullable
        case .repetition(let node, let min, _, _): min == 0 || node.isNullable
        }
    }

    /// Whether every match starts at the start of the text.
    var isAnchored: Bool {
        switch self {
        case .assertion(let assertion): assertion == .textStart
        case .sequence(let parts): parts.first?.isAnchored ?? false
        case .choice(let parts): parts.allSatisfy(\.isAnchored)
        case .group(_, let node): node.isAnchored
        case .repetition(let node, let min, _, _): min > 0 && node.isAnchored
        case .empty, .octet: false
        }
    }
}

/// What must hold at a place between two octets.
enum Assertion: Hashable, Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}
