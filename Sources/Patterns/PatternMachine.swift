/// Runs a program over a text in one pass: all ways through the pattern at once, in order of preference (a Pike VM).
///
/// Every step of the program is entered at most once for each octet, so a match takes time in proportion to
/// text × program, whatever the two hold. Leftmost first, as Perl, RE2 and Go have it.
struct PatternMachine {
    /// Steps that take an octet or end the pattern, the preferred first, and the places of groups on the way to each.
    private struct Ways {
        var steps: [Int32]
        var slots: [Int32]
        var count = 0

        init(stepCount: Int, slotCount: Int) {
            steps = [Int32](repeating: 0, count: stepCount)
            slots = [Int32](repeating: -1, count: stepCount * slotCount)
        }
    }

    private let program: PatternProgram
    private let text: [UInt8]
    private let slotCount: Int
    private var current: Ways
    private var following: Ways
    /// The generation in which a step was entered last; one generation for each place in the text.
    private var marks: [Int32]
    private var generation: Int32 = 0
    private var slots: [Int32]
    /// Steps to enter, and slots to set back: a value, and above it the slot's complement.
    ///
    /// Each step is entered once for a place, and adds two entries at most.
    private var tasks: [Int32]
    private var found: [Int]?

    /// `keepsGroups` false: only whether there is a match.
    init(_ program: PatternProgram, _ text: [UInt8], keepsGroups: Bool) {
        self.program = program
        self.text = text
        slotCount = keepsGroups ? 2 * program.groupCount : 0
        let stepCount = program.instructions.count
        current = Ways(stepCount: stepCount, slotCount: slotCount)
        following = current
        marks = [Int32](repeating: -1, count: stepCount)
        slots = [Int32](repeating: -1, count: slotCount)
        tasks = [Int32](repeating: 0, count: 2 * stepCount)
    }

    /// The places of the groups, -1 for one that took no part; nil where nothing matches.
    mutating func run() -> [Int]? {
        start(at: 0)
        for at in 0...text.count {
            swap(&current, &following)
            following.count = 0
            generation = Int32(truncatingIfNeeded: at) + 1
            if current.count == 0 && (found != nil || program.isAnchored) { break }
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
        for index in 0..<current.count {
            let step = Int(current.steps[index])
            switch program.instructions[step] {
            case .octet(let wanted):
                guard at < text.count, wanted == text[at] else { continue }
            case .set(let set):
                guard at < text.count, program.takes(set: set, text[at]) else { continue }
            case .match:
                found = (0..<slotCount).map { Int(current.slots[index * slotCount + $0]) }
                return
            case .jump, .split, .save, .assert: continue
            }
            for slot in 0..<slotCount { slots[slot] = current.slots[index * slotCount + slot] }
            enter(step + 1, at: at + 1)
        }
    }

    /// Follows the steps that take nothing, and adds those that do to the ways open at `at`.
    private mutating func enter(_ start: Int, at: Int) {
        var step = start
        var taskCount = 0
        while true {
            if marks[step] != generation {
                marks[step] = generation
                if let next = follow(step, at: at, &taskCount) {
                    step = next
                    continue
                }
            }
            repeat {
                guard taskCount > 0 else { return }
                taskCount -= 1
                step = Int(tasks[taskCount])
                guard step < 0 else { break }
                taskCount -= 1
                slots[~step] = tasks[taskCount]
            } while true
        }
    }

    /// The step to go on with; nil where the way waits for an octet, or ends.
    private mutating func follow(_ step: Int, at: Int, _ taskCount: inout Int) -> Int? {
        switch program.instructions[step] {
        case .octet, .set, .match:
            following.steps[following.count] = Int32(truncatingIfNeeded: step)
            for slot in 0..<slotCount { following.slots[following.count * slotCount + slot] = slots[slot] }
            following.count += 1
            return nil
        case .jump(let target): return target
        case .split(let preferred, let other):
            tasks[taskCount] = Int32(truncatingIfNeeded: other)
            taskCount += 1
            return preferred
        case .assert(let assertion): return holds(assertion, at: at) ? step + 1 : nil
        case .save(let slot):
            guard slot < slotCount else { return step + 1 }
            tasks[taskCount] = slots[slot]
            tasks[taskCount + 1] = Int32(truncatingIfNeeded: ~slot)
            taskCount += 2
            slots[slot] = Int32(truncatingIfNeeded: at)
            return step + 1
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
