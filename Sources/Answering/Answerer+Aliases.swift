import DNSWire

/// The end of a chain of CNAMEs, and proofs on the way, which belong behind all of the answer.
extension Answerer {
    /// A target that somebody else is responsible for is the client's to ask: the chain is the answer.
    @inline(__always)
    mutating func end(_ rcode: RCODE, _ depth: Int, _ response: inout ResponseWriter) -> RCODE {
        guard depth > 0 else { return rcode }
        settle(&response)
        return rcode == .refused || rcode == .servFail ? .noError : rcode
    }

    /// Sets aside what the authority section has, for the answer to go on; returns where the alias' target lies then.
    ///
    /// Nil where the chain has to end: what a plugin that asks for an alias' target has seen stays where it is.
    @inline(__always)
    mutating func makeRoom(behindAliasTo target: Int, _ response: inout ResponseWriter) -> Int? {
        response.sectionCounts.authority == 0 ? target : setAside(target, &response)
    }

    private mutating func setAside(_ target: Int, _ response: inout ResponseWriter) -> Int? {
        var target = target
        if let (records, level) = aside {
            guard level == interposedCount else { return response.hasMore(than: records) ? nil : target }
            target = response.settle(records, offset: target)
        }
        guard let records = response.setAside() else { return nil }
        aside = (records, interposedCount)
        return target
    }

    /// Puts the records that were set aside behind the answer.
    mutating func settle(_ response: inout ResponseWriter) {
        guard let (records, level) = aside, level == interposedCount else { return }
        aliasEnd = response.settle(records, offset: aliasEnd)
        aside = nil
    }
}
