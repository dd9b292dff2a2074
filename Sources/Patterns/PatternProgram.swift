/// One step of a compiled pattern; what takes an octet goes on at the step behind it.
enum PatternInstruction: Hashable, Sendable {
    case octet(UInt8)
    /// An octet of the set with this index.
    case set(Int)
    case jump(Int)
    /// Two ways; the first is preferred.
    case split(Int, Int)
    /// Keeps the place in a slot: 2n where group n starts, 2n + 1 where it ends.
    case save(Int)
    case assert(Assertion)
    case match
}

/// A pattern compiled: at most ``PatternLimits/instructionCountMax`` steps.
struct PatternProgram: Sendable {
    private(set) var instructions: [PatternInstruction] = []
    private var sets: [OctetSet] = []
    /// For each set and octet whether the set has it: looked up for every octet of a text.
    private var members: [Bool] = []
    let groupCount: Int
    let isAnchored: Bool

    init(_ node: PatternNode, groupCount: Int) throws(PatternError) {
        self.groupCount = groupCount
        isAnchored = node.isAnchored
        try compile(node)
        try emit(.match)
    }

    func takes(set: Int, _ octet: UInt8) -> Bool { members[set << 8 | Int(octet)] }

    private mutating func compile(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .octet(let set): try compile(set)
        case .assertion(let assertion): try emit(.assert(assertion))
        case .sequence(let parts): for part in parts { try compile(part) }
        case .choice(let parts): try compile(choice: parts)
        case .group(let index, let node):
            try emit(.save(2 * index))
            try compile(node)
            try emit(.save(2 * index + 1))
        case .repetition(let node, let min, let max, let isLazy):
            try compile(node, min: min, max: max, isLazy: isLazy)
        }
    }

    private mutating func compile(_ set: OctetSet) throws(PatternError) {
        if let octet = set.only {
            try emit(.octet(octet))
        } else if let index = sets.firstIndex(of: set) {
            try emit(.set(index))
        } else {
            sets.append(set)
            members += (0...UInt8.max).map { set.contains($0) }
            try emit(.set(sets.count - 1))
        }
    }

    private mutating func compile(choice parts: [PatternNode]) throws(PatternError) {
        var exits: [Int] = []
        for part in parts.dropLast() {
            let split = try emit(.match)
            try compile(part)
            exits.append(try emit(.match))
            instructions[split] = .split(split + 1, instructions.count)
        }
        if let last = parts.last { try compile(last) }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    private mutating func compile(_ node: PatternNode, min: Int, max: Int?, isLazy: Bool) throws(PatternError) {
        guard let max else {
            try compile(node, atLeast: min, isLazy: isLazy)
            return
        }
        for _ in 0..<min { try compile(node) }
        var splits: [Int] = []
        for _ in 0..<(max - min) {
            splits.append(try emit(.match))
            try compile(node)
        }
        for split in splits { instructions[split] = Self.split(split + 1, instructions.count, isLazy) }
    }

    /// Without end: the last one of `min` is gone through again; none is one or nothing at all.
    private mutating func compile(_ node: PatternNode, atLeast min: Int, isLazy: Bool) throws(PatternError) {
        // What can be empty must be tried once before it is left out: (|a)* prefers the empty text, as (|a)+ does.
        let isSkipped = min == 0 && node.isNullable
        if min == 0 && !isSkipped {
            let split = try emit(.match)
            try compile(node)
            try emit(.jump(split))
            instructions[split] = Self.split(split + 1, instructions.count, isLazy)
            return
        }
        let skip = isSkipped ? try emit(.match) : nil
        for _ in 1..<Swift.max(2, min) where min > 1 { try compile(node) }
        let start = instructions.count
        try compile(node)
        let split = try emit(.match)
        instructions[split] = Self.split(start, split + 1, isLazy)
        if let skip { instructions[skip] = Self.split(skip + 1, instructions.count, isLazy) }
    }

    private static func split(_ again: Int, _ onward: Int, _ isLazy: Bool) -> PatternInstruction {
        isLazy ? .split(onward, again) : .split(again, onward)
    }

    @discardableResult
    private mutating func emit(_ instruction: PatternInstruction) throws(PatternError) -> Int {
        guard instructions.count < PatternLimits.instructionCountMax else { throw PatternError(.tooLarge, at: 0) }
        instructions.append(instruction)
        return instructions.count - 1
    }
}
