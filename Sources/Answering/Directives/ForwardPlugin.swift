package import Corefile
package import DNSWire

/// `forward FROM TO… { … }`: everything at or below FROM is asked of upstreams; see `ForwardOptions` for the options.
///
/// Looks into the cache of its group first; what is not there is deferred to a resolver lane.
package final class ForwardPlugin: Plugin {
    package static let directive = "forward"

    /// Which of the state's groups is asked.
    package let group: Int
    private let from: NameSuffix
    private let exceptions: [NameSuffix]

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        var reader = try ForwardOptions(directive, scope)
        for option in directive.options { try reader.read(option, scope) }
        var definition = try reader.finish()
        definition.cache = scope.settings.cache ?? .none
        definition.detectsLoops = scope.settings.detectsLoops
        scope.warnings += reader.warnings
        from = NameSuffix(definition.from)
        exceptions = definition.exceptions.map { NameSuffix($0) }
        group = scope.index(of: definition)
        scope.settings.canForward = true
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard from.covers(query.name) else { return .pass }
        // A transfer is between servers of a zone, and nothing that goes through a cache (RFC 5936 §2).
        if query.qtype == .axfr || query.qtype == .ixfr { return .answered(.refused) }
        for index in exceptions.indices where exceptions[index].covers(query.name) { return .pass }
        let group = turn.state.forwards[group]
        if let found = turn.answer(of: group, to: query) {
            // Stale data is better than a failure (RFC 8767 §5).
            if found.isFailure, case .stale(let answer, _, _) = group.cache.find(query, now: turn.now) {
                return stale(answer, group, true, false, query, &response, turn)
            }
            return write(found, query, &response, turn)
        }
        switch group.cache.find(query, now: turn.now) {
        case .fresh(let answer, let age, let wantsRefresh):
            let settings = group.cache.settings
            if answer.isFailure {
                response.extendedError = answer.extendedError ?? ExtendedError(ExtendedError.Code.cachedError)
            }
            let rcode = answer.write(to: &response, query, settings.keepsTTL ? .kept : .fresh(age))
            let kind: CacheUse = answer.isDenial ? .denial : .success
            return .cached(rcode, kind, refresh: wantsRefresh ? self.group : nil)
        case .stale(let answer, let isFailing, let wantsRefresh):
            return stale(answer, group, isFailing, wantsRefresh, query, &response, turn)
        case .nothing:
            return turn.patience == .isOver ? fail(group, &response) : .deferred(forward: self.group)
        }
    }

    private func stale(
        _ answer: StoredAnswer, _ group: ForwardGroup, _ isFailing: Bool, _ wantsRefresh: Bool,
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        let isImmediate = group.cache.settings.stale?.mode == .immediate
        guard isImmediate || isFailing || turn.patience != .waits else { return .deferred(forward: self.group) }
        let rcode = answer.write(to: &response, query, .stale(ResponseCache.staleTTL))
        response.extendedError =
            rcode == .nxDomain ? ExtendedError(ExtendedError.Code.staleNXDOMAIN) : .staleAnswer
        return .cached(rcode, .stale, refresh: isImmediate && wantsRefresh ? self.group : nil)
    }

    /// What an upstream said just now; an RCODE of `next` is the next plugin's.
    private func write(
        _ answer: StoredAnswer, _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        if !turn.isLast, turn.state.forwards[group].definition.nextRCODEs.contains(answer.rcode) { return .pass }
        return .answered(answer.write(to: &response, query, .fresh(0)))
    }

    private func fail(_ group: ForwardGroup, _ response: inout ResponseWriter) -> Disposition {
        let reason = group.patience.isBroken ? "all upstreams are down" : "no upstream answered in time"
        response.extendedError = ExtendedError(ExtendedError.Code.noReachableAuthority, reason)
        return .answered(.servFail)
    }
}
