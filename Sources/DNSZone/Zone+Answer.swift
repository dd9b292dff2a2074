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

    /// The SOA that goes with NXDOMAIN, and the proof of it.
    public func answerNegative(_ query: borrowing Query, _ response: inout ResponseWriter) {
        appendNegativeSOA(query, &response)
        guard showsSignatures(query), query.name.labelCount > suffix.labelCount else { return }
        proveAbsence(encloser: closestEncloser(of: query.name), query, &response)
    }

    private func appendNegativeSOA(_ query: borrowing Query, _ response: inout ResponseWriter) {
        response.answerNegative(negativeSOA, query)
        if showsSignatures(query) { appendSOASignatures(to: .authority, query, &response) }
    }

    /// The name, or the wildcard below `encloser` in its place, has no such type.
    private func answerNoData(encloser: Int?, _ query: borrowing Query, _ response: inout ResponseWriter) {
        appendNegativeSOA(query, &response)
        guard showsSignatures(query) else { return }
        if let encloser {
            proveAbsence(encloser: encloser, query, &response)
        } else {
            proveNoData(labelCount: query.name.labelCount, query, &response)
        }
    }

    private func appendSOA(_ query: borrowing Query, _ response: inout ResponseWriter) {
        if !response.appendSOA(positiveSOA, query, to: .answer) { response.flags |= Query.Flag.truncated }
        if showsSignatures(query) { appendSOASignatures(to: .answer, query, &response) }
    }

    /// What a name, or the wildcard below `encloser` in its place, has of the type asked.
    private func answer(
        _ block: borrowing NameBlock, isApex: Bool, encloser: Int? = nil, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) -> ZoneAnswer {
        if query.qtype == .soa, isApex {
            appendSOA(query, &response)
        } else if let rrset = block.rrset(query.qtype) {
            answer(rrset, of: block, encloser: encloser, query, &response)
        } else if let cname = block.rrset(.cname), query.qtype != .any {
            return answerAlias(cname, of: block, encloser: encloser, query, &response)
        } else if query.qtype == .any {
            answerAny(block, isApex: isApex, encloser: encloser, query, &response)
        } else {
            answerNoData(encloser: encloser, query, &response)
        }
        return .answered(.noError)
    }

    /// Of an alias that a wildcard stands for the proof is there before what the target has (RFC 4035 §3.1.3.3).
    private func answerAlias(
        _ cname: RRsetView, of block: borrowing NameBlock, encloser: Int?, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) -> ZoneAnswer {
        let owner = response.ownerOffset
        guard let target = response.answerAlias(cname) else { return .answered(.noError) }
        guard showsSignatures(query) else { return .alias(targetOffset: target) }
        appendSignatures(of: .cname, in: block, owner: owner, to: .answer, &response)
        if let encloser { proveExpansion(encloser: encloser, query, &response) }
        // What is missing cannot be pointed at.
        return response.flags & Query.Flag.truncated == 0 ? .alias(targetOffset: target) : .answered(.noError)
    }

    private func answer(
        _ rrset: RRsetView, of block: borrowing NameBlock, encloser: Int?, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) {
        let start = response.count
        response.answer(rrset)
        // What is missing cannot be pointed at.
        guard response.flags & Query.Flag.truncated == 0 else { return }
        if showsSignatures(query) {
            appendSignatures(of: rrset.type, in: block, owner: response.ownerOffset, to: .answer, &response)
            if let encloser { proveExpansion(encloser: encloser, query, &response) }
        }
        appendAddresses(for: rrset, at: start, isReferral: false, query, &response)
    }

    /// One RRset of those that are there (RFC 8482 §4.1).
    private func answerAny(
        _ block: borrowing NameBlock, isApex: Bool, encloser: Int?, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) {
        if isApex { return appendSOA(query, &response) }
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            if !rrset.isHidden { return answer(rrset, of: block, encloser: encloser, query, &response) }
        }
        answerNoData(encloser: encloser, query, &response)
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
            return answer(wildcard, isApex: false, encloser: labels, query, &response)
        default:
            return .nxDomain
        }
    }

    /// The labels of the longest ancestor that exists.
    ///
    /// With a name all its ancestors exist, so half of the candidates fall away with each that is looked up.
    func closestEncloser(of name: borrowing FoldedName) -> Int {
        let table = table
        var (low, high) = (suffix.labelCount, name.labelCount - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if table.block(hash: name.suffixHash(labelCount: middle)) != nil { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
