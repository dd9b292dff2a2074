public import DNSWire

/// What a zone can say about a name; each writes its part of the response and sets TC where the answer did not fit.
extension ResponseWriter {
    /// The RRset as the answer, and its glue in the additional section; glue that does not fit is left out silently.
    @_lifetime(self: copy self)
    public mutating func answer(_ rrset: RRsetView) {
        let start = count
        let complete =
            rrset.recordSize > 0
            ? appendUniform(rrset.records, recordSize: rrset.recordSize, to: .answer)
            : appendEach(rrset)
        guard complete else {
            flags |= Query.Flag.truncated
            return
        }
        appendGlue(of: rrset, answerStart: start)
    }

    /// The CNAME at a name; returns where its target lies in the message, or nil when the record did not fit.
    @_lifetime(self: copy self)
    public mutating func answerAlias(_ cname: RRsetView) -> Int? {
        let target = count + NameBlock.Layout.recordHeader
        guard appendRecord(cname.records, to: .answer) else {
            flags |= Query.Flag.truncated
            return nil
        }
        return target
    }

    /// No data of the type asked: the SOA in the authority section (RFC 2308 §2.2); also NXDOMAIN's body.
    @_lifetime(self: copy self)
    public mutating func answerNegative(_ soa: SOARecord, _ query: borrowing Query) {
        if !appendSOA(soa, query, to: .authority) { flags |= Query.Flag.truncated }
    }

    /// The SOA of the zone the name lies in.
    @_lifetime(self: copy self)
    public mutating func appendSOA(_ soa: SOARecord, _ query: borrowing Query, to section: Section) -> Bool {
        let apex = ownerOffset + query.name.suffixOffset(labelCount: soa.apexLabelCount)
        let start = count
        guard appendRecord(soa.octets.rawSpan, owner: apex, to: section) else { return false }
        for index in 1..<soa.pointerOffsets.count { patchPointer(at: start + soa.pointerOffsets[index], to: apex) }
        return true
    }

    @_lifetime(self: copy self)
    private mutating func appendEach(_ rrset: RRsetView) -> Bool {
        let suffix = rrset.suffix
        var at = 0
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at, suffixOctetCount: suffix.byteCount)
            guard suffix.isEmpty ? appendRecord(record, to: .answer) : appendRecord(record, suffix, to: .answer) else {
                return false
            }
            at += record.byteCount
        }
        return true
    }

    @_lifetime(self: copy self)
    private mutating func appendGlue(of rrset: RRsetView, answerStart: Int) {
        var at = 0
        for _ in 0..<rrset.glueCount {
            let record = RRsetView.record(in: rrset.glue, at: at)
            let owner = answerStart + Int(rrset.glue[word16: at])
            guard appendRecord(record, owner: owner, to: .additional) else { return }
            at += record.byteCount
        }
    }
}
