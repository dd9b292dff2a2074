package import Answering
import Patterns

/// The `errors` of all blocks: says each failure at once, or, where a `consolidate` rule matches, how many there were.
///
/// Of failures that no rule matches, some are said each second, and how many there were besides: to make a line costs more
/// than to answer a query.
///
/// A rule's interval starts with its first error. Kept across reloads by the rule itself, so nothing counted is lost.
package struct QueryLogErrors {
    private struct Pending {
        var count = 0
        var end: ContinuousClock.Instant
    }

    /// Failures that are said one by one in a second.
    package static let lineCountMax = 200
    /// Reasons that what is left unsaid is counted by.
    private static let reasonCountMax = 8

    /// Whether the journal reads the lines: each then begins with its priority (sd-daemon(3)).
    private let hasPriorities: Bool
    private var pending: [ErrorRule: Pending] = [:]
    /// When the second of `lineCount` is over; nil where nothing was said in one.
    private var secondEnd: ContinuousClock.Instant?
    private var lineCount = 0
    private var unsaid: [String: Int] = [:]

    package init(hasPriorities: Bool = false) { self.hasPriorities = hasPriorities }

    /// Counts one failure under the first rule that matches `reason`, or writes its line.
    package mutating func add(
        _ record: QueryRecord, reason: String, rules: [ErrorRule], at now: ContinuousClock.Instant,
        to text: inout [UInt8]
    ) {
        let octets = Array(reason.utf8)
        if let rule = rules.first(where: { $0.pattern.matches(octets) }) {
            pending[rule, default: Pending(end: now.advanced(by: rule.interval))].count += 1
            return
        }
        endSecond(at: now, to: &text)
        if lineCount < Self.lineCountMax {
            append(.error, QueryLogLine.error(record, reason: reason), to: &text)
            lineCount += 1
        } else {
            let isCounted = unsaid[reason] != nil || unsaid.count < Self.reasonCountMax
            unsaid[isCounted ? reason : "other reasons", default: 0] += 1
        }
        secondEnd = secondEnd ?? now.advanced(by: .seconds(1))
    }

    /// Writes the sums of the intervals that are over at `now`.
    package mutating func flush(at now: ContinuousClock.Instant, to text: inout [UInt8]) {
        endSecond(at: now, to: &text)
        for (rule, sum) in pending where sum.end <= now { say(rule, sum, to: &text) }
    }

    /// Writes all sums; for the end of the program.
    package mutating func flushAll(to text: inout [UInt8]) {
        sayUnsaid(to: &text)
        for (rule, sum) in pending { say(rule, sum, to: &text) }
    }

    private mutating func endSecond(at now: ContinuousClock.Instant, to text: inout [UInt8]) {
        guard let end = secondEnd, end <= now else { return }
        sayUnsaid(to: &text)
        (secondEnd, lineCount) = (nil, 0)
    }

    private mutating func sayUnsaid(to text: inout [UInt8]) {
        for (reason, count) in unsaid.sorted(by: { $0.key < $1.key }) {
            append(.error, "\(count) errors more within a second: \(reason)", to: &text)
        }
        unsaid = [:]
    }

    private mutating func say(_ rule: ErrorRule, _ sum: Pending, to text: inout [UInt8]) {
        pending[rule] = nil
        let words = "\(sum.count) errors like '\(rule.pattern.text)' occurred in last \(rule.interval.clockText)"
        append(rule.level, words, to: &text)
    }

    /// Debug lines are for the `debug` directive of CoreDNS, which has no counterpart here.
    private func append(_ level: ErrorRule.Level, _ words: String, to text: inout [UInt8]) {
        guard level != .debug else { return }
        let priority = hasPriorities ? "<\(level.priority)>" : ""
        let line = "\(priority)[\(level.rawValue.uppercased())] plugin/errors: \(words)"
        text += line.utf8.map { $0 < 0x20 ? 0x20 : $0 }
        text.append(UInt8(ascii: "\n"))
    }
}

extension ErrorRule.Level {
    /// As in syslog(3): 3 error to 7 debug.
    fileprivate var priority: Int {
        switch self {
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug: 7
        }
    }
}

extension Duration {
    /// The text CoreDNS has for a duration: `5m0s`, `1h0m0s`, `30s`, `1.5s`, `500ms`.
    package var clockText: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0 { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        var fraction = String(milliseconds + 1000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let tail = "\(seconds % 60)" + (fraction.isEmpty ? "" : ".\(fraction)") + "s"
        if seconds < 60 { return tail }
        return seconds < 3600 ? "\(seconds / 60)m" + tail : "\(seconds / 3600)h\(seconds / 60 % 60)m" + tail
    }
}
