package import DNSWire
import DNSZone

/// What the cluster zone says about a name.
package enum ZoneOutcome: Sendable {
    /// The name lies in none of the zones.
    case elsewhere
    /// Written: an answer, or that there is none of this type.
    case answered(RCODE)
    /// Written: a CNAME whose target, at this offset in the message, is still to be resolved.
    case alias(targetOffset: Int)
    /// Not written: the name does not exist in the zone of `apexes` with this index.
    case nxDomain(apex: Int)
    /// The name is unknown, and the registry has not been complete yet.
    case unknown
}

extension ClusterZone {
    /// Answers from compiled blocks and the table of addresses; computes endpoint and Pod names that are addresses, and
    /// SRV names with `_` or without underscores.
    package func answer(_ query: borrowing Query, _ response: inout ResponseWriter) -> ZoneOutcome {
        guard let index = apexIndex(of: query.name) else { return .elsewhere }
        let apex = apexes[index]
        response.flags |= Query.Flag.authoritative
        if query.qtype == .axfr || query.qtype == .ixfr { return .answered(.refused) }
        let table = table
        if let family = apex.reverseFamily, query.name.labelCount > apex.suffix.labelCount {
            if let outcome = answerReverse(family, apex, query, &response) { return outcome }
        } else if let block = table.block(for: query.name) {
            return answer(block, apex, query, &response)
        }
        guard isComplete else { return .unknown }
        if !apex.isReverse, let computed = compute(apex, query, &response) { return computed }
        return .nxDomain(apex: index)
    }

    /// The SOA that goes with a negative answer.
    package func answerNegative(apex index: Int, _ query: borrowing Query, _ response: inout ResponseWriter) {
        response.answerNegative(apexes[index].soa, query)
    }

    /// The longest zone the name lies in.
    package func apexIndex(of name: borrowing FoldedName) -> Int? {
        for index in apexes.indices where apexes[index].suffix.covers(name) { return index }
        return nil
    }

    private func answer(
        _ block: borrowing NameBlock, _ apex: ZoneApex, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome {
        let isApex = query.name.labelCount == apex.suffix.labelCount
        if query.qtype == .any { return answerAny(block, isApex ? apex : nil, query, &response) }
        if query.qtype == .soa && isApex {
            if !response.appendSOA(apex.soa, query, to: .answer) { response.flags |= Query.Flag.truncated }
        } else if let rrset = block.rrset(query.qtype) {
            answer(rrset, of: block, &response)
        } else if let cname = block.rrset(.cname) {
            let target = response.answerAlias(cname)
            if let target, query.qtype == .a || query.qtype == .aaaa { return .alias(targetOffset: target) }
        } else {
            response.answerNegative(apex.soa, query)
        }
        return .answered(.noError)
    }

    /// The RRsets of the name; where it has none, NODATA.
    func answerAny(
        _ block: borrowing NameBlock, _ apex: ZoneApex?, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneOutcome {
        if let apex, !response.appendSOA(apex.soa, query, to: .answer) { response.flags |= Query.Flag.truncated }
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            if !rrset.isHidden { answer(rrset, of: block, &response) }
        }
        if !response.hasRecords, let index = apexIndex(of: query.name) { answerNegative(apex: index, query, &response) }
        return .answered(.noError)
    }

    /// Answers with an RRset; one that is borrowed is that of the ancestor.
    func answer(_ rrset: RRsetView, of block: borrowing NameBlock, _ response: inout ResponseWriter) {
        guard rrset.flags.contains(.borrowed) else { return response.answer(rrset) }
        let table = table
        let lender = NameHasher.hash(block.ancestor(rrset.flags.ancestorLabelCount))
        if let lent = table.block(hash: lender)?.rrset(rrset.type) { response.answer(lent) }
    }
}
