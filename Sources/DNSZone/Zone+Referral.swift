import DNSWire

/// Zone cuts and DNAMEs, and the addresses that go with an answer.
extension Zone {
    /// The NS of a zone cut in the authority section, with glue (RFC 1034 §4.2.1).
    ///
    /// Nothing of it is ours, so it carries no claim of authority. Glue that does not fit sets TC (RFC 9471 §3).
    func refer(
        _ cut: borrowing NameBlock, labelCount: Int, _ query: borrowing Query, _ response: inout ResponseWriter
    ) {
        if response.answerCount == 0 { response.flags &= ~Query.Flag.authoritative }
        guard let servers = cut.rrset(.ns) else { return }
        let owner = response.ownerOffset + query.name.suffixOffset(labelCount: labelCount)
        let start = response.count
        guard response.append(servers, owner: owner, to: .authority) else {
            response.flags |= Query.Flag.truncated
            return
        }
        if query.edns.dnssecOK { appendTrust(in: cut, at: owner, labelCount: labelCount, query, &response) }
        appendAddresses(for: servers, at: start, isReferral: true, query, &response)
    }

    /// The DS of a zone cut with its signatures, or the proof that there is none (RFC 4035 §3.1.4.1).
    ///
    /// Of a zone that is not signed the DS is given too: what signs the answer (`dnssec`) would deny it otherwise.
    private func appendTrust(
        in cut: borrowing NameBlock, at owner: Int, labelCount: Int, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) {
        guard let signers = cut.rrset(.ds) else {
            if showsSignatures(query) { proveNoData(labelCount: labelCount, query, &response) }
            return
        }
        guard response.append(signers, owner: owner, to: .authority) else {
            response.flags |= Query.Flag.truncated
            return
        }
        if showsSignatures(query) { appendSignatures(of: .ds, in: cut, owner: owner, to: .authority, &response) }
    }

    /// A CNAME made of the DNAME above a name (RFC 6672 §3.1), YXDOMAIN where its target would be too long.
    func redirect(
        _ node: borrowing NameBlock, labelCount: Int, _ query: borrowing Query, _ response: inout ResponseWriter
    ) -> ZoneAnswer {
        guard let dname = node.rrset(.dname) else { return .nxDomain }
        let record = RRsetView.record(in: dname.records, at: 0)
        let end = query.name.suffixOffset(labelCount: labelCount)
        guard append(dname: record, in: node, owner: response.ownerOffset + end, query, &response) else {
            response.flags |= Query.Flag.truncated
            return .answered(.noError)
        }
        let target = record.extracting(NameBlock.Layout.recordHeader..<record.byteCount)
        guard end + target.byteCount <= Name.octetCountMax else { return .answered(.yxDomain) }
        let ttl = UInt32(bigEndian: record[word32: 6])
        guard let offset = response.appendAlias(to: query.name.octets.extracting(first: end), target, ttl: ttl) else {
            response.flags |= Query.Flag.truncated
            return .answered(.noError)
        }
        return query.qtype == .cname ? .answered(.noError) : .alias(targetOffset: offset)
    }

    /// Appends a DNAME with its signatures, once however often the chain of aliases comes by; false where it did not fit.
    private func append(
        dname record: RawSpan, in node: borrowing NameBlock, owner: Int, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) -> Bool {
        if response.hasFollowed, response.has(.dname, of: node) { return true }
        guard response.appendRecord(record, owner: owner, to: .answer) else { return false }
        if showsSignatures(query) { appendSignatures(of: .dname, in: node, owner: owner, to: .answer, &response) }
        return true
    }

    /// The addresses of the names in an RRset just written, where the zone has them (RFC 1034 §4.3.2 step 6).
    ///
    /// `start` is where the RRset begins in the message. What does not fit is left out; of glue that is said.
    func appendAddresses(
        for rrset: RRsetView, at start: Int, isReferral: Bool, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) {
        guard let nameOffset = rrset.type.addressedNameOffset else { return }
        var at = 0
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at)
            let name = NameBlock.Layout.recordHeader + nameOffset
            guard
                appendAddresses(
                    of: record.extracting(name..<record.byteCount), at: start + at + name,
                    isReferral: isReferral, query, &response)
            else {
                if isReferral { response.flags |= Query.Flag.truncated }
                return
            }
            at += record.byteCount
        }
    }

    /// The addresses of the name that `octets` begin with, which lies at `owner` in the message; false where some did not fit.
    private func appendAddresses(
        of octets: RawSpan, at owner: Int, isReferral: Bool, _ query: borrowing Query,
        _ response: inout ResponseWriter
    ) -> Bool {
        // Names were checked when the zone was built.
        guard let end = RDATAShape.nameEnd(octets, at: 0), suffix.covers(octets.extracting(first: end)) else {
            return true
        }
        let (table, unanswered) = (table, unanswered)
        let hash = NameHasher.hash(octets.extracting(first: end))
        let isSigned = showsSignatures(query)
        if let block = table.block(hash: hash), !append(addressesOf: block, at: owner, isSigned: isSigned, &response) {
            return false
        }
        // A server may have its name below the zone cut, and no other way leads to it then.
        guard isReferral, let block = unanswered.block(hash: hash) else { return true }
        return append(addressesOf: block, at: owner, isSigned: false, &response)
    }

    private func append(
        addressesOf block: borrowing NameBlock, at owner: Int, isSigned: Bool, _ response: inout ResponseWriter
    ) -> Bool {
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            guard rrset.type == .a || rrset.type == .aaaa else { continue }
            guard response.append(rrset, owner: owner, to: .additional) else { return false }
            if isSigned { appendSignatures(of: rrset.type, in: block, owner: owner, to: .additional, &response) }
        }
        return true
    }
}

extension ResponseWriter {
    /// Appends the records of an RRset, whose owner lies at `owner` in the message; false where one did not fit.
    @_lifetime(self: copy self)
    fileprivate mutating func append(_ rrset: RRsetView, owner: Int, to section: Section) -> Bool {
        var at = 0
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at)
            guard appendRecord(record, owner: owner, to: section) else { return false }
            at += record.byteCount
        }
        return true
    }
}

extension RRType {
    /// Where in the RDATA of this type the name lies whose addresses a client will ask for next.
    var addressedNameOffset: Int? {
        switch self {
        case .ns: 0
        case .mx, .svcb, .https: 2
        case .srv: 6
        default: nil
        }
    }
}
