import DNSWire

/// Signatures and proofs of denial, for clients that set DO (RFC 4035 §3.1, RFC 5155 §7.2).
extension Zone {
    /// Whether the client gets the signatures that the zone has.
    func showsSignatures(_ query: borrowing Query) -> Bool {
        query.edns.dnssecOK && isSigned
    }

    /// Appends the signatures that a name has for an RRset; false where one did not fit.
    @discardableResult
    func appendSignatures(
        of type: RRType, in block: borrowing NameBlock, owner: Int, to section: ResponseWriter.Section,
        _ response: inout ResponseWriter
    ) -> Bool {
        guard let signatures = block.rrset(.rrsig) else { return true }
        var at = 0
        for _ in 0..<signatures.recordCount {
            let record = RRsetView.record(in: signatures.records, at: at)
            at += record.byteCount
            let covered = UInt16(bigEndian: record[word16: NameBlock.Layout.recordHeader])
            guard covered == type.rawValue else { continue }
            guard response.appendRecord(record, owner: owner, to: section) else {
                if section != .additional { response.flags |= Query.Flag.truncated }
                return false
            }
        }
        return true
    }

    /// Appends the signature of the SOA just written, with its TTL.
    func appendSOASignatures(
        to section: ResponseWriter.Section, _ query: borrowing Query, _ response: inout ResponseWriter
    ) {
        let table = table
        guard let block = table.block(hash: apexHash) else { return }
        let start = response.count
        guard appendSignatures(of: .soa, in: block, owner: apexOffset(query, response), to: section, &response),
            section == .authority, response.count > start
        else { return }
        response.setTTL(at: start + 6, negativeTTL)
    }

    /// That the name, which exists, has no such type; also that a zone cut has no DS.
    func proveNoData(labelCount: Int, _ query: borrowing Query, _ response: inout ResponseWriter) {
        var seen = Proofs()
        let name = query.name.octets
        let whole = name.extracting(query.name.suffixOffset(labelCount: labelCount)..<name.byteCount)
        guard case .nsec3(let chain) = denial else { return prove(whole, query, &seen, &response) }
        if chain.record(for: whole)?.matches == true { return prove(whole, query, &seen, &response) }
        // An opt-out: the closest name that has a hash, and that the one below it has none.
        guard labelCount > suffix.labelCount else { return }
        let labels = provableEncloser(from: labelCount - 1, in: chain, query)
        prove(labelCount: labels, query, &seen, &response)
        prove(labelCount: labels + 1, query, &seen, &response)
    }

    /// That neither the name nor a wildcard in its place exists, or that the wildcard has no such type.
    func proveAbsence(encloser labelCount: Int, _ query: borrowing Query, _ response: inout ResponseWriter) {
        var seen = Proofs()
        var labels = labelCount
        if case .nsec3(let chain) = denial {
            labels = provableEncloser(from: labelCount, in: chain, query)
            prove(labelCount: labels, query, &seen, &response)
            prove(labelCount: labels + 1, query, &seen, &response)
        } else {
            prove(labelCount: query.name.labelCount, query, &seen, &response)
        }
        var wildcard = InlineArray<256, UInt8>(repeating: 0)
        let count = query.name.wildcard(labelCount: labels, into: &wildcard)
        // SAFETY: an octet has no padding.
        prove(unsafe wildcard.span.bytes.extracting(first: count), query, &seen, &response)
    }

    /// That the name does not exist, so that a wildcard may stand for it.
    func proveExpansion(encloser labelCount: Int, _ query: borrowing Query, _ response: inout ResponseWriter) {
        var seen = Proofs()
        if case .nsec3 = denial {
            prove(labelCount: labelCount + 1, query, &seen, &response)
        } else {
            prove(labelCount: query.name.labelCount, query, &seen, &response)
        }
    }

    /// The labels of the longest ancestor that has a hash in the zone (RFC 5155 §1.3), `labelCount` at most.
    ///
    /// With opt-out a name that leads to nothing but insecure zone cuts has none, though it exists.
    private func provableEncloser(
        from labelCount: Int, in chain: borrowing DenialChain.HashedChain, _ query: borrowing Query
    ) -> Int {
        let name = query.name.octets
        var labels = labelCount
        while labels > suffix.labelCount {
            let offset = query.name.suffixOffset(labelCount: labels)
            if chain.record(for: name.extracting(offset..<name.byteCount))?.matches == true { break }
            labels -= 1
        }
        return labels
    }

    /// The proofs of a response so far: each is sent once.
    private struct Proofs {
        var owners = InlineArray<3, UInt64>(repeating: 0)
        var count = 0

        mutating func isNew(_ owner: UInt64) -> Bool {
            for index in 0..<count where owners[index] == owner { return false }
            if count < owners.count {
                owners[count] = owner
                count += 1
            }
            return true
        }
    }

    private func prove(
        labelCount: Int, _ query: borrowing Query, _ seen: inout Proofs, _ response: inout ResponseWriter
    ) {
        let name = query.name.octets
        let start = query.name.suffixOffset(labelCount: labelCount)
        prove(name.extracting(start..<name.byteCount), query, &seen, &response)
    }

    /// Appends the record that matches or covers a name, with its signatures.
    private func prove(
        _ name: RawSpan, _ query: borrowing Query, _ seen: inout Proofs, _ response: inout ResponseWriter
    ) {
        switch denial {
        case .none: return
        case .nsec(let owners):
            guard let owner = owner(before: name, in: owners), seen.isNew(owner) else { return }
            let table = table
            guard let block = table.block(hash: owner) else { return }
            append(.nsec, of: block, query, &response)
        case .nsec3(let chain):
            guard let owner = chain.record(for: name)?.owner, seen.isNew(owner) else { return }
            let (table, unanswered) = (table, unanswered)
            if let block = unanswered.block(hash: owner) {
                append(.nsec3, of: block, query, &response)
            } else if let block = table.block(hash: owner) {
                append(.nsec3, of: block, query, &response)
            }
        }
    }

    /// The owner of the last NSEC that is the name or comes before it; the apex is before all.
    private func owner(before name: RawSpan, in owners: [UInt64]) -> UInt64? {
        let table = table
        var (low, high) = (0, owners.count)
        while low < high {
            let middle = (low + high) / 2
            guard let block = table.block(hash: owners[middle]) else { return nil }
            if CanonicalOrder.compare(block.name, name) <= 0 { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? owners[low - 1] : owners.last
    }

    private func append(
        _ type: RRType, of block: borrowing NameBlock, _ query: borrowing Query, _ response: inout ResponseWriter
    ) {
        guard let rrset = block.rrset(type), !response.hasFollowed || !response.has(type, of: block) else { return }
        let labels = block.name.extracting(first: block.nameOctetCount - suffix.octets.count)
        let apex = apexOffset(query, response)
        let start = response.count
        let record = RRsetView.record(in: rrset.records, at: 0)
        guard response.appendRecord(record, ownedBy: labels, below: apex, to: .authority) else {
            response.flags |= Query.Flag.truncated
            return
        }
        appendSignatures(of: type, in: block, owner: start, to: .authority, &response)
    }

    private func apexOffset(_ query: borrowing Query, _ response: borrowing ResponseWriter) -> Int {
        response.ownerOffset + query.name.suffixOffset(labelCount: suffix.labelCount)
    }
}
