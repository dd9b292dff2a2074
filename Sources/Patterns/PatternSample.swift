extension Pattern {
    /// A text that the pattern matches, with a digit where one may stand, or else a letter; for trying out what uses it.
    ///
    /// Repetitions have one turn, or as many as they must. What a place must lie between is not looked at, so that the
    /// pattern may not match after all: then nil.
    package var sample: PatternMatch? {
        var text: [UInt8] = []
        node.append(to: &text)
        return firstMatch(in: text)
    }
}

extension PatternNode {
    fileprivate func append(to text: inout [UInt8]) {
        guard text.count < PatternLimits.textOctetCountMax else { return }
        switch self {
        case .empty, .assertion: break
        case .octet(let set): text.append(set.typical)
        case .sequence(let parts): for part in parts { part.append(to: &text) }
        case .choice(let parts): parts.first?.append(to: &text)
        case .group(_, let node): node.append(to: &text)
        case .repetition(let node, let min, let max, _):
            for _ in 0..<Swift.max(min, Swift.min(1, max ?? 1)) { node.append(to: &text) }
        }
    }
}

extension OctetSet {
    /// A member that is likely to make sense.
    fileprivate var typical: UInt8 {
        let likely = Array("1a.-".utf8) + Array(0x21...0x7E) + Array(0...0xFF)
        return likely.first(where: contains) ?? 0
    }
}
