public import DNSWire

/// What a zone says about a name.
public enum ZoneAnswer: Sendable {
    /// Written: an answer, a referral, or that there is none of this type.
    case answered(RCODE)
    /// Written: a CNAME whose target, at this offset in the message, is still to be resolved.
    case alias(targetOffset: Int)
    /// Not written: the name does not exist.
    case nxDomain
}

/// Look-ups (RFC 1034 §4.3.2, 4592, 6672, 8020); they allocate nothing.
extension Zone {
    /// Answers for a name that lies in the zone.
    public func answer(_ query: borrowing Query, _ response: inout ResponseWriter) -> ZoneAnswer {
        response.flags |= Query.Flag.authoritative
        if query.qtype == .axfr || query.qtype == .ixfr { return .answered(.refused) }
        let table = table
        guard let block = table.block(for: query.name) else { return answerBelow(query, &response) }
        let isApex = query.name.labelCount == suffix.labelCount
        if block.kind == .ns, !isApex, query.qtype != .ds {
            refer(block, labelCount: query.name.labelCount, query, &response)
            return .answered(.noError)
        }
        return answer(block, isApex: isApex, query, &response)
    }

    /// The SOA that goes with a negative answer.
    public func answerNegative(_ query: borrowing Query, _ response: inout ResponseWriter) {
        response.answerNegative(negativeSOA, query)
    }

    /// What a name, or a wildcard in its place, has of the type asked.
    private func answer(
        _ block: borrowing NameBlock, isApex: Bool, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneAnswer {
        if query.qtype == .soa, isApex {
            if !response.appendSOA(positiveSOA, query, to: .answer) { response.flags |= Query.Flag.truncated }
        } else if let rrset = block.rrset(query.qtype) {
            answer(rrset, &response)
        } else if let cname = block.rrset(.cname), query.qtype != .any {
            if let target = response.answerAlias(cname) { return .alias(targetOffset: target) }
        } else if query.qtype == .any {
            answerAny(block, isApex: isApex, query, &response)
        } else {
            answerNegative(query, &response)
        }
        return .answered(.noError)
    }

    private func answer(_ rrset: RRsetView, _ response: inout ResponseWriter) {
        let start = response.count
        response.answer(rrset)
        appendAddresses(for: rrset, at: start, isReferral: false, &response)
    }

    /// One RRset of those that are there (RFC 8482 §4.1).
    private func answerAny(
        _ block: borrowing NameBlock, isApex: Bool, _ query: borrowing Query, _ response: inout ResponseWriter
    ) {
        if isApex {
            if !response.appendSOA(positiveSOA, query, to: .answer) { response.flags |= Query.Flag.truncated }
            return
        }
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            if !rrset.isHidden { return answer(rrset, &response) }
        }
        answerNegative(query, &response)
    }

    /// The name does not exist: its closest encloser says what takes its place (RFC 4592 §3.3.1).
    private func answerBelow(_ query: borrowing Query, _ response: inout ResponseWriter) -> ZoneAnswer {
        let table = table
        let labels = closestEncloser(of: query.name)
        guard let encloser = table.block(hash: query.name.suffixHash(labelCount: labels)) else { return .nxDomain }
        switch encloser.kind {
        case .ns where labels > suffix.labelCount:
            refer(encloser, labelCount: labels, query, &response)
            return .answered(.noError)
        case .dname:
            return redirect(encloser, labelCount: labels, query, &response)
        case Self.wildcardMark:
            guard let wildcard = table.block(hash: query.name.wildcardHash(labelCount: labels)) else {
                return .nxDomain
            }
            if wildcard.kind == .ns, query.qtype != .ds {
                refer(wildcard, labelCount: query.name.labelCount, query, &response)
                return .answered(.noError)
            }
            return answer(wildcard, isApex: false, query, &response)
        default:
            return .nxDomain
        }
    }

    /// The labels of the longest ancestor that exists.
    ///
    /// With a name all its ancestors exist, so half of the candidates fall away with each that is looked up.
    private func closestEncloser(of name: borrowing FoldedName) -> Int {
        let table = table
        var (low, high) = (suffix.labelCount, name.labelCount - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if table.block(hash: name.suffixHash(labelCount: middle)) != nil { low = middle } else { high = middle - 1 }
        }
        return low
    }
}

extension NameBlock {
    /// The TYPE of the first RRset, which says what kind of node this is; `a` where there is none.
    var kind: RRType { rrsetCount == 0 ? .a : rrset(at: 0).type }
}
