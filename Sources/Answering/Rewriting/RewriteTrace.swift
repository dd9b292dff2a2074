import DNSWire

/// What `rewrite` did to one question, for undoing it in the response.
struct RewriteTrace: Sendable {
    /// A change of the name that has to be undone name by name.
    struct Rename: Sendable {
        var before: Name
        var after: Name
    }

    /// Places of the lines that matched, in their order.
    private(set) var lines = InlineArray<32, UInt16>(repeating: 0)
    private(set) var count = 0
    /// By place of the line; only for lines whose `answer auto` needs the names.
    private(set) var renames: [Int: Rename] = [:]
    /// The new name is none: nothing can be asked.
    fileprivate(set) var isInvalid = false
    fileprivate(set) var changesQuestion = false
    /// Nothing of the response has to be changed back.
    fileprivate(set) var isOneWay = true

    fileprivate mutating func add(_ line: Int) {
        lines[count] = UInt16(truncatingIfNeeded: line)
        count += 1
    }

    fileprivate mutating func add(_ line: Int, renaming before: Name, to after: Name) {
        renames[line] = Rename(before: before, after: after)
    }
}

extension RewriteRules {
    /// Changes name, type and class as the lines say, up to the first `stop` that matches.
    ///
    /// Allocates for lines with a pattern, and for `answer auto` of prefixes and substrings.
    func apply(to query: inout Query, _ scene: EDNSRewrite.Scene) -> RewriteTrace {
        var trace = RewriteTrace()
        var symbols = NameSymbols(query.name)
        for index in rules.indices {
            guard rules[index].action.matches(query, symbols) else { continue }
            apply(index, to: &query, scene, &trace)
            if case .name = rules[index].action { symbols = NameSymbols(query.name) }
            trace.add(index)
            if trace.isInvalid || !rules[index].continues || trace.count == Self.matchCountMax { break }
        }
        return trace
    }

    private func apply(
        _ index: Int, to query: inout Query, _ scene: EDNSRewrite.Scene, _ trace: inout RewriteTrace
    ) {
        if case .edns(let rewrite) = rules[index].action { return rewrite.apply(to: &query, scene) }
        trace.isOneWay = false
        switch rules[index].action {
        case .name(let rewrite, let answers):
            let before = answers.needsNames(rewrite) ? query.name.name : nil
            guard rewrite.apply(to: &query.name) == .changed else { return trace.isInvalid = true }
            trace.changesQuestion = true
            if let before { trace.add(index, renaming: before, to: query.name.name) }
        case .type(_, let type):
            query.qtype = type
            trace.changesQuestion = true
        case .qclass(_, let qclass):
            query.qclass = qclass
            trace.changesQuestion = true
        case .ttl, .rcode, .cname, .edns: break
        }
    }
}

extension RewriteRule.AnswerRules {
    /// A suffix is put back without them, and the names of an exact line are known.
    fileprivate func needsNames(_ rewrite: NameRewrite) -> Bool {
        guard isAuto else { return false }
        return switch rewrite.match {
        case .exact, .suffix: false
        case .prefix, .substring, .regex: true
        }
    }
}
