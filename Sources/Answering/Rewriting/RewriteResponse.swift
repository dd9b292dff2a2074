import DNSWire

/// The response side of `rewrite`: lines undone in reverse order, as CoreDNS has it.
extension RewriteRules {
    /// Whether the records must be taken apart, since names in them have to change; allocates for patterns only.
    func needsMessage(_ trace: RewriteTrace, _ inner: borrowing InnerResponse) -> Bool {
        for place in 0..<trace.count {
            switch rules[Int(trace.lines[place])].action {
            case .name(let rewrite, let answers):
                if !answers.rules.isEmpty { return true }
                guard answers.isAuto else { continue }
                guard let target = rewrite.target else { return true }
                if inner.hasAnswerName(where: { _, name in target.covers(name) }) { return true }
            case .cname(let rewrite):
                if inner.hasAnswerName(where: { $0 == .cname && rewrite.match.matches($1, NameSymbols($1)) }) {
                    return true
                }
            case .type, .qclass, .ttl, .rcode, .edns: break
            }
        }
        return false
    }

    /// A TTL after all `ttl` lines that matched.
    func ttl(_ ttl: UInt32, _ trace: RewriteTrace) -> UInt32 {
        var ttl = ttl
        for place in stride(from: trace.count - 1, through: 0, by: -1) {
            guard case .ttl(_, let range) = rules[Int(trace.lines[place])].action else { continue }
            ttl = min(max(ttl, range.lowerBound), range.upperBound)
        }
        return ttl
    }

    /// An RCODE after all `rcode` lines that matched.
    func rcode(_ rcode: RCODE, _ trace: RewriteTrace) -> RCODE {
        var rcode = rcode
        for place in stride(from: trace.count - 1, through: 0, by: -1) {
            if case .rcode(_, rcode, let to) = rules[Int(trace.lines[place])].action { rcode = to }
        }
        return rcode
    }

    /// Puts back the names in a response to the question that `trace` led to.
    ///
    /// Owners that are still the name that was asked for become `asked`: clients take nothing else for an answer.
    func undo(_ trace: RewriteTrace, asked: Name, rewritten: Name, in message: inout DNSMessage) {
        let edits = edits(trace)
        let edit = { (record: inout DNSMessage.Record) in
            for one in edits { one.apply(to: &record) }
            if record.owner == rewritten { record.owner = asked }
            record.ttl = ttl(record.ttl, trace)
        }
        for index in message.answer.indices { edit(&message.answer[index]) }
        for index in message.authority.indices { edit(&message.authority[index]) }
        for index in message.additional.indices { edit(&message.additional[index]) }
    }

    /// The last first.
    private func edits(_ trace: RewriteTrace) -> [RecordEdit] {
        var edits: [RecordEdit] = []
        for place in 0..<trace.count {
            let line = Int(trace.lines[place])
            guard case .name(let rewrite, let answers) = rules[line].action else { continue }
            if answers.isAuto {
                if let reversed = rewrite.reversedSuffix {
                    edits += [.owner(.rewrite(reversed)), .value(.rewrite(reversed))]
                } else if let rename = rewrite.names.map({ .init(before: $0.from, after: $0.to) })
                    ?? trace.renames[line]
                {
                    edits += [.owner(.rename(rename)), .value(.rename(rename))]
                }
            }
            edits += answers.rules.map { rule in
                switch rule {
                case .owner(let pattern, let text): .owner(.pattern(pattern, text))
                case .value(let pattern, let text): .value(.pattern(pattern, text))
                }
            }
        }
        return edits.reversed()
    }
}

extension RewriteRules {
    /// Of the `cname` lines that matched, the last first.
    func aliasRewrites(_ trace: RewriteTrace) -> [NameRewrite] {
        (0..<trace.count).reversed().compactMap { place in
            if case .cname(let rewrite) = rules[Int(trace.lines[place])].action { rewrite } else { nil }
        }
    }
}

extension NameRewrite {
    /// The first CNAME whose target changes, and what becomes of it.
    func firstAlias(in records: [DNSMessage.Record]) -> (index: Int, target: Name)? {
        for (index, record) in records.enumerated() where record.type == .cname {
            if let target = record.value.flatMap({ applied(to: $0) }) { return (index, target) }
        }
        return nil
    }
}
