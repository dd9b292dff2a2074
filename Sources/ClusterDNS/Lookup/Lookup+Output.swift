import DNSWire

extension Lookup {
    /// Every step with its records and reason, then how many queries that were.
    var report: String {
        let lines = steps.enumerated().map { Self.report($0.offset + 1, $0.element, type) }
        return header + "\n" + lines.joined() + "\n" + verdict
    }

    private var header: String {
        guard let path else { return "\(text) \(type): absolute, so no search\n" }
        let domains = path.domains.map(\.bareText).joined(separator: " ")
        return "\(text) \(type) from namespace \(namespace): search \(domains), ndots:\(path.ndots)\n"
    }

    private static func report(_ number: Int, _ step: Step, _ type: RRType) -> String {
        let records = step.answer.map { "     \($0.text)\n" }.joined()
        return "\(number). \(step.name) \(type): \(step.outcome.text)\n\(records)     \(step.reason)\n"
    }

    private var verdict: String {
        let count = steps.count == 1 ? "1 query" : "\(steps.count) queries"
        let both = type == .a || type == .aaaa ? " (twice as many where a program asks for A and AAAA)" : ""
        let line = "\(isFound ? "Found" : isForwarded ? "Left to upstreams" : "Not found") after \(count)\(both)\n"
        return line + (remedy.map { "\($0)\n" } ?? "")
    }

    var document: StructuredValue {
        .record([
            "name": .string(text), "type": .string("\(type)"), "namespace": .string(namespace),
            "ndots": path.map { .integer($0.ndots) },
            "search": path.map { .strings($0.domains.map(\.bareText)) },
            "steps": .array(steps.map(Self.document)), "found": .boolean(isFound), "queries": .integer(steps.count),
            "remedy": remedy.map { .string($0) },
        ])
    }

    private static func document(_ step: Step) -> StructuredValue {
        .record([
            "name": .string("\(step.name)"), "outcome": .string(step.outcome.text),
            "answer": .array(step.answer.map(\.document)), "reason": .string(step.reason),
        ])
    }
}
