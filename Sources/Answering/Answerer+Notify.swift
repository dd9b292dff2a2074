import DNSWire
import NetworkAddress
import TSIG

/// NOTIFY (RFC 1996), for zones of `secondary` and from their primaries alone.
extension Answerer {
    static let notifyOpcode: UInt8 = 4

    /// Passes the word on; returns what to respond with.
    @inline(never)
    mutating func takeNotify(_ message: RawSpan) -> RCODE {
        guard query.parseNotify(message) else { return .formErr }
        if query.signatureOffset != 0, let refusal = verifySignature(message) { return refusal }
        if query.signatureOffset == 0, let route = route(), requiresSignature(route) { return .refused }
        guard query.qtype == .soa, query.qclass == .internet else { return .formErr }
        let client = client.address.unmapped
        var isKnown = false
        for (index, definition) in state.configuration.zoneSets.enumerated() {
            guard case .secondary(let source) = definition.source, state.zoneSets.indices.contains(index) else {
                continue
            }
            let set = state.zoneSets[index]
            guard let place = set.index(covering: query.name),
                set.entries[place].suffix.labelCount == query.name.labelCount
            else { continue }
            isKnown = true
            let primary = source.primaries.firstIndex { primary in
                primary.place.address.unmapped == client
                    && (primary.key == nil || primary.key?.name == signer?.key.name)
            }
            guard let primary else { continue }
            state.notifies.post(NotifyEvent(definition: definition, apex: set.entries[place].apex, primary: primary))
            return .noError
        }
        return isKnown ? .refused : .notAuth
    }

    /// Whether a `tsig` of the block wants such messages signed.
    private func requiresSignature(_ route: ServerConfiguration.Route) -> Bool {
        route.block.plugins.contains { plugin in
            (plugin as? TSIGPlugin)?.requiresSignature(opcode: Self.notifyOpcode, query.name) ?? false
        }
    }
}
