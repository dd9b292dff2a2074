/// Runs a program over a text in one pass: all ways through the pattern at once, in order of preference (a Pike VM).
///
/// Every step of the program is entered at most once for each octet, so a match takes time in proportion to
/// text × program, whatever the two hold. Leftmost first, as Perl, RE2 and Go have it.
struct PatternMachine {
    /// The ways that are open at one place in the text.
    private struct Ways {
        /// Steps that take an octet or end the pattern, the preferred first.
        var steps: [Int] = []
        /// `slotCount` of them for each step.
        var slots: [Int] = []
        /// The generation in which a step was entered last.
        var marks: [UInt32]
        var generation: UInt32 = 1

        mutating func clear() {
            steps.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
            generation += 1
        }
    }

    /// What remains to be done while steps that take nothing are followed.
    private enum Task {
        case enter(Int)
        case restore(slot: Int, to: Int)
    }

    private let program: PatternProgram
    private let text: [UInt8]
    private let slotCount: Int
    private var current: Ways
    private var following: Ways
    private var slots: [Int]
    private var tasks: [Task] = []
    private var found: [Int]?

    /// `keepsGroups` false: only whether there is a match.
    init(_ program: PatternProgram, _ text: [UInt8], keepsGroups: Bool) {
        self.program = program
        self.text = text
        slotCount = keepsGroups ? 2 * program.groupCount : 0
        let marks = [UInt32](repeating: 0, count: program.instructions.count)
        current = Ways(marks: marks)
        following = Ways(marks: marks)
        slots = [Int](repeating: -1, count: slotCount)
    }

    /// The places of the groups, -1 for one that took no part; nil where nothing matches.
    mutating func run() -> [Int]? {
        start(at: 0)
        for at in 0...text.count {
            swap(&current, &following)
            following.clear()
            if current.steps.isEmpty && (found != nil || program.isAnchored) { break }
            take(at)
            if found != nil && slotCount == 0 { break }
            // A way that starts later is less preferred than all that are open.
            if found == nil && !program.isAnchored && at < text.count { start(at: at + 1) }
        }
        return found
    }

    private mutating func start(at: Int) {
        for slot in slots.indices { slots[slot] = -1 }
        enter(0, at: at)
    }

    /// Lets every open way take the octet at `at`, until one that is done cuts off all less preferred.
    private mutating func take(_ at: Int) {
        for index in current.steps.indices {
            let step = current.steps[index]
            if program.instructions[step] == .match {
                found = Array(current.slots[index * slotCount..<(index + 1) * slotCount])
                return
            }
            guard at < text.count, takes(step, text[at]) else { continue }
            for slot in 0..<slotCount { slots[slot] = current.slots[index * slotCount + slot] }
            enter(step + 1, at: at + 1)
        }
    }

    private func takes(_ step: Int, _ octet: UInt8) -> Bool {
        switch program.instructions[step] {
        case .octet(let wanted): wanted == octet
        case .set(let index): program.sets[index].contains(octet)
        default: false
        }
    }

    /// Follows the steps that take nothing, and adds those that do to the ways open at `at`.
    private mutating func enter(_ start: Int, at: Int) {
        tasks.append(.enter(start))
        while let task = tasks.popLast() {
            switch task {
            case .restore(let slot, let value): slots[slot] = value
            case .enter(let step):
                guard following.marks[step] != following.generation else { continue }
                following.marks[step] = following.generation
                follow(step, at: at)
            }
        }
    }

    private mutating func follow(_ step: Int, at: Int) {
        switch program.instructions[step] {
        case .octet, .set, .match:
            following.steps.append(step)
            following.slots.append(contentsOf: slots)
        case .jump(let target): tasks.append(.enter(target))
        case .split(let preferred, let other):
            tasks.append(.enter(other))
            tasks.append(.enter(preferred))
        case .assert(let assertion):
            if holds(assertion, at: at) { tasks.append(.enter(step + 1)) }
        case .save(let slot):
            if slot < slotCount {
                tasks.append(.restore(slot: slot, to: slots[slot]))
                slots[slot] = at
            }
            tasks.append(.enter(step + 1))
        }
    }

    private func holds(_ assertion: Assertion, at: Int) -> Bool {
        switch assertion {
        case .textStart: at == 0
        case .textEnd: at == text.count
        case .lineStart: at == 0 || text[at - 1] == 0x0A
        case .lineEnd: at == text.count || text[at] == 0x0A
        case .wordBoundary: isWord(at - 1) != isWord(at)
        case .noWordBoundary: isWord(at - 1) == isWord(at)
        }
    }

    private func isWord(_ at: Int) -> Bool { text.indices.contains(at) && OctetSet.word.contains(text[at]) }
}
