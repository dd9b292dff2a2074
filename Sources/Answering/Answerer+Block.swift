import DNSWire
import NetworkAddress

/// What a block wants beside its chain.
extension Answerer {
    private static let chaosPlugin = DirectiveOrder.answeringPlugins.firstIndex(of: ChaosDirective.directive) ?? 0

    /// What is done to every response, whoever answers.
    @inline(__always)
    mutating func shape(_ response: inout ResponseWriter, _ route: ServerConfiguration.Route) {
        let traits = route.traits
        if traits.rotatesAddresses {
            rotation &+= 1
            response.rotation = rotation
        }
        if case .full = traits.shape { route.block.response.apply(to: &response, query) }
    }

    /// Class CH is for `chaos`, where the block has it; no other class is for anybody.
    mutating func chaos(_ route: ServerConfiguration.Route, _ response: inout ResponseWriter) -> RCODE {
        guard query.qclass == .chaos, let rcode = route.block.chaos?.answer(query, &response) else { return .refused }
        outcome.plugin = Self.chaosPlugin
        return rcode
    }

    /// A query that gets no response is a query all the same.
    mutating func countUnanswered(_ route: ServerConfiguration.Route) {
        statistics[route.series].countRequest(
            client.transport, client.address.family, type: query.qtype, dnssecOK: query.edns.dnssecOK,
            octets: outcome.requestOctetCount)
    }

    /// Whether upstreams are silent and as many wait for them as may.
    func hasNoRoom(_ group: Int) -> Bool {
        let patience = state.forwards[group].patience
        return !patience.isBroken && !patience.hasRoom(at: now, isCrowded: isCrowded)
    }

    /// The way of the longest zone that the name lies in; for DS records of its apex, that of the zone above.
    func route() -> ServerConfiguration.Route? {
        let routes = routes.span
        for index in routes.indices where routes[index].zone.covers(query.name) {
            return query.qtype == .ds ? parent(of: query.name, behind: index) ?? routes[index] : routes[index]
        }
        return nil
    }

    /// The next way behind one whose apex the name is, where a zone is served there that the name lies in
    /// (RFC 4035 §3.1.4.1).
    func parent(of name: borrowing FoldedName, behind first: Int) -> ServerConfiguration.Route? {
        let routes = routes.span
        guard routes[first].zone.labelCount == name.labelCount else { return nil }
        for index in first + 1..<routes.count where routes[index].zone.covers(name) {
            return place(ofZoneAbove: name, in: routes[index].block) == nil ? nil : routes[index]
        }
        return nil
    }

    func place(ofZoneAbove name: borrowing FoldedName, in block: ServerConfiguration.Block) -> Int? {
        for place in block.plugins.indices where block.plugins[place].hasZone(above: name, turn) {
            if type(of: block.plugins[place]).knowsCuts || hasZone(at: name) { return place }
        }
        return nil
    }

    /// Whether a zone is served here whose apex the name is.
    private func hasZone(at name: borrowing FoldedName) -> Bool {
        let routes = routes.span
        for index in routes.indices where routes[index].zone.covers(name) {
            let plugins = routes[index].block.plugins
            for place in plugins.indices where plugins[place].hasZone(at: name, turn) { return true }
        }
        return false
    }

    /// Says which plugin is to be asked for DS records of what is an apex to others.
    mutating func findParent(in block: ServerConfiguration.Block) {
        turn.parentPlace = place(ofZoneAbove: query.name, in: block) ?? -1
    }

    func isSeen(_ seen: InlineArray<11, UInt64>, _ depth: Int) -> Bool {
        for index in 0...depth where seen[index] == query.name.hash { return true }
        return false
    }
}
