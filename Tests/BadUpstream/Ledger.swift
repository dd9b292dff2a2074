import Synchronization

/// All queries that came, for the questions that a test asks about them in class CH.
final class Ledger: Sendable {
    /// Later ones are answered and not remembered.
    static let countMax = 2_000_000

    private struct Entry {
        var name: String
        var overTCP: Bool
        var port: UInt16
        var id: UInt16
        var octets: [UInt8]
        var udpSize: Int
    }
    private struct State {
        var entries: [Entry] = []
        var turns: [String: Int] = [:]
        var behaviour: Behaviour?
    }
    private let state: Mutex<State>

    /// `behaviour` is that of all names; nil: each name has its own.
    init(behaviour: Behaviour?) { state = Mutex(State(behaviour: behaviour)) }

    /// Remembers a query, and says how often its name was asked for its type and what to do with it.
    func note(_ question: Question, from port: Int) -> Script {
        let key = "\(question.name)/\(question.type)"
        return state.withLock { state in
            if state.entries.count < Self.countMax { state.entries.append(Self.entry(question, port)) }
            state.turns[key, default: 0] += 1
            let own = Behaviour(label: question.labels.first ?? "", next: question.labels.dropFirst().first)
            return Script(question: question, behaviour: state.behaviour ?? own, turn: state.turns[key] ?? 0)
        }
    }

    private static func entry(_ question: Question, _ port: Int) -> Entry {
        Entry(
            name: question.name, overTCP: question.overTCP, port: UInt16(clamping: port), id: question.id,
            octets: question.octets, udpSize: question.udpSize ?? 0)
    }

    /// Answers a question in class CH: `seen.NAME`, `set.KIND`, `set.right`, `set.names`, `reset`.
    func control(_ question: Question) -> String {
        let rest = question.labels.dropFirst()
        switch question.labels.first {
        case "seen": return seen(rest.joined(separator: "."))
        case "set":
            let behaviour = Behaviour(label: rest.first ?? "")
            let isKnown = behaviour.kind != nil || rest.first == "right"
            state.withLock { $0.behaviour = isKnown ? behaviour : nil }
            return isKnown ? "all names: \(rest.first ?? "")" : "each name as its first label says"
        case "reset":
            state.withLock { $0 = State(behaviour: $0.behaviour) }
            return "nothing was asked"
        default: return "ask seen.NAME, set.KIND, set.right, set.names or reset"
        }
    }

    /// What came for a name and the names below it; the empty name is all.
    private func seen(_ name: String) -> String {
        let entries = state.withLock { $0.entries }
            .filter { name.isEmpty || $0.name == name || $0.name.hasSuffix("." + name) }
        let overTCP = entries.count { $0.overTCP }
        let counts: [(String, Int)] = [
            ("queries", entries.count), ("udp", entries.count - overTCP), ("tcp", overTCP),
            ("names", Set(entries.map(\.name)).count), ("ports", Set(entries.map(\.port)).count),
            ("ids", Set(entries.map(\.id)).count),
            // Letter case patterns: with names of one shape, how many were drawn at random.
            ("patterns", Set(entries.map { $0.octets.map { Question.isLetter($0) && $0 < 97 } }).count),
            ("size", entries.map(\.udpSize).max() ?? 0),
        ]
        return counts.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }
}
