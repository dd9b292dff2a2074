import DNSWire

/// The types of the records that a name has: what an NSEC record lists (RFC 9824 §3).
extension Answerer {
    /// Puts the types of what is denied at the name in `signing.owner` into `signing.types`, without RRSIG and NSEC.
    mutating func findTypes(_ finding: CompactDenial.Finding, isApex: Bool) {
        signing.types.removeAll(keepingCapacity: true)
        switch finding {
        case .insecureDelegation: return signing.types.append(RRType.ns.rawValue)
        case .noSuchName:
            findTypes(isAnswering: false)
            if signing.types.isEmpty { signing.types.append(RRType.nxName.rawValue) }
        case .noData:
            findTypes(isAnswering: true)
        }
        if isApex { signing.types.append(RRType.dnskey.rawValue) }
    }

    /// Asks the plugins of the name's chain up to the one that answered, and that one too where `isAnswering`.
    private mutating func findTypes(isAnswering: Bool) {
        signing.asked.set(query.name, fromLabel: 0)
        let qtype = query.qtype
        query.name.set(signing.owner, fromLabel: 0)
        if let route = route() {
            let plugins = route.block.plugins
            let end = min(turn.place + (isAnswering ? 1 : 0), plugins.count)
            // DS records are those of the zone above, and with them all that is said of a zone cut.
            let start = qtype == .ds ? min(max(turn.parentPlace, 0), end) : 0
            for place in start..<end {
                if qtype == .ds, place == turn.parentPlace, !type(of: plugins[place]).knowsCuts {
                    signing.types.append(RRType.ns.rawValue)
                    continue
                }
                query.qtype = qtype
                plugins[place].appendTypes(at: query, to: &signing.types, turn)
                for type in type(of: plugins[place]).typesToAskFor {
                    query.qtype = type
                    if hasAnswer(plugins[place]) { signing.types.append(type.rawValue) }
                }
            }
        }
        query.qtype = qtype
        query.name.set(signing.asked, fromLabel: 0)
    }

    /// Whether a plugin answers the question as it is now with a record of its type.
    private mutating func hasAnswer(_ plugin: any Plugin) -> Bool {
        var memory = scratch.popLast() ?? [UInt8](repeating: 0, count: Self.tcpOctetCountMax)
        defer { scratch.append(memory) }
        var span = memory.mutableSpan
        // SAFETY: octets have no padding, so any may be read and written.
        var writer = unsafe ResponseWriter(span.mutableBytes)
        writer.beginInner(query, limit: Self.tcpOctetCountMax)
        let start = writer.count
        _ = plugin.begin(query, &writer, turn)
        // The owner is a pointer of two octets.
        return writer.sectionCounts.answer > 0
            && (try? writer.written.uint16(at: start + 2)) == query.qtype.rawValue
    }
}
