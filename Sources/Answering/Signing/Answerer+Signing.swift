import DNSWire

/// RRSIG records for what is answered, and proofs for what is not (RFC 4035 §3.1, RFC 9824).
///
/// The response is finished but for its OPT record: answers stay where they are, their signatures follow; the authority and
/// additional records come behind them, each section with its own signatures.
extension Answerer {
    /// Answers of these are no data of this server's zones.
    private static let foreignPlugins = Set(
        [CacheDirective.directive, ForwardPlugin.directive].compactMap {
            DirectiveOrder.answeringPlugins.firstIndex(of: $0)
        })
    /// These have no zone cuts, so that addresses beside their answers are never glue.
    private static let cutlessPlugins = Set(
        [KubernetesPlugin.directive, ExternalPlugin.directive].compactMap {
            DirectiveOrder.answeringPlugins.firstIndex(of: $0)
        })

    /// How a section's records were signed.
    private enum Progress { case done, noRoom, noSignature }

    /// Signs a response for a client that wants it; returns the RCODE, which a denial may change.
    mutating func sign(_ rcode: RCODE, _ response: inout ResponseWriter) -> RCODE {
        guard response.flags & Query.Flag.truncated == 0, rcode == .noError || rcode == .nxDomain else { return rcode }
        signing.budget.begin(now)
        signing.hasDenied = false
        guard signing.read(response, from: Query.headerOctetCount + query.questionOctetCount) else { return rcode }
        let isAuthoritative = response.flags & Query.Flag.authoritative != 0
        let isForeign = Self.foreignPlugins.contains(outcome.plugin)
        guard isAuthoritative || !isForeign else { return rcode }
        let denial = isForeign ? nil : isAuthoritative ? findDenial(rcode, response) : findReferral()
        let progress = write(denial, isAuthoritative: isAuthoritative, isForeign: isForeign, &response)
        switch progress {
        case .done: return isAuthoritative && signing.hasDenied ? denialRCODE(rcode) : rcode
        case .noRoom: return truncate(&response)
        case .noSignature:
            // Over UDP the client is sent to TCP, which takes longer and shows that it is who it says.
            if client.transport == .udp { return truncate(&response) }
            response.rewind(query)
            response.extendedError = Self.tooManySignatures
            return .servFail
        }
    }

    private static let tooManySignatures = ExtendedError(
        ExtendedError.Code.notReady, "too many names to sign in this second")

    private func truncate(_ response: inout ResponseWriter) -> RCODE {
        let flags = response.flags
        response.rewind(query)
        response.flags = flags | Query.Flag.truncated
        return .noError
    }

    /// A name that is not there has an NSEC record, so that resolvers are told NOERROR (RFC 9824 §3.1, §5.1).
    private func denialRCODE(_ rcode: RCODE) -> RCODE {
        rcode == .nxDomain && (!query.edns.compactAnswersOK || query.qtype == .nsec) ? .noError : rcode
    }

    /// What is to be said of a name beside the response's own records.
    private struct Denial {
        var finding: CompactDenial.Finding
        /// Where the name lies in the message.
        var owner: Int
        var ttl: UInt32
    }

    /// What an authoritative response denies; nil for one that does not, or has its proof.
    private mutating func findDenial(_ rcode: RCODE, _ response: borrowing ResponseWriter) -> Denial? {
        let work = signing.authority
        var soaTTL: UInt32?
        for index in work {
            let record = signing.records[index]
            if record.type == .soa { soaTTL = record.ttl }
            // What comes before the SOA proves that wildcards stood for names on the way.
            guard record.type == .nsec || record.type == .nsec3 else { continue }
            if soaTTL != nil || signing.counts.answer == 0 { return nil }
        }
        guard soaTTL != nil || signing.counts.answer == 0 else { return nil }
        return Denial(
            finding: rcode == .nxDomain ? .noSuchName : .noData, owner: response.ownerOffset, ttl: soaTTL ?? 5)
    }

    /// What is to be said of a zone cut that has no DS record; nil where there is one, or no cut.
    private func findReferral() -> Denial? {
        for index in signing.authority where signing.records[index].type == .ns {
            guard !signing.has(.ds, in: signing.authority), !signing.has(.nsec, in: signing.authority),
                !signing.has(.nsec3, in: signing.authority)
            else { return nil }
            let record = signing.records[index]
            return Denial(finding: .insecureDelegation, owner: record.start, ttl: record.ttl)
        }
        return nil
    }

    private mutating func write(
        _ denial: Denial?, isAuthoritative: Bool, isForeign: Bool, _ response: inout ResponseWriter
    ) -> Progress {
        let (answer, authority) = (signing.answer, signing.authority)
        var shift = ResponseWriter.Shift(
            answerEnd: signing.end(before: authority.lowerBound),
            authorityEnd: signing.end(before: authority.upperBound))
        // The chain up to a name that was forwarded is ours, what came from there is not.
        let ownEnd = isForeign ? aliasEnd : .max
        response.cutBehindAnswer(at: shift.answerEnd)
        var progress = signSets(answer, .answer, below: ownEnd, isAuthoritative: true, shift, &response)
        guard progress == .done else { return progress }
        // Asked for by its type, the NSEC record is the answer, also of a name that is not there.
        if let denial, query.qtype == .nsec, isAuthoritative {
            return append(denial, shift, .answer, &response)
        }
        shift.first = response.count - shift.answerEnd
        for index in authority {
            guard response.appendMoved(octets(index), to: .authority, shift) else { return .noRoom }
        }
        progress = signSets(authority, .authority, below: ownEnd, isAuthoritative: isAuthoritative, shift, &response)
        guard progress == .done else { return progress }
        if let denial { progress = append(denial, shift, .authority, &response) }
        guard progress == .done else { return progress }
        shift.second = response.count - shift.authorityEnd - shift.first
        for index in signing.additional {
            guard response.appendMoved(octets(index), to: .additional, shift) else { return .done }
        }
        guard Self.cutlessPlugins.contains(outcome.plugin) else { return .done }
        _ = signSets(signing.additional, .additional, below: .max, isAuthoritative: true, shift, &response)
        return .done
    }

    @_lifetime(borrow self)
    private func octets(_ index: Int) -> RawSpan {
        signing.message.rawSpan.extracting(signing.records[index].start..<signing.records[index].end)
    }

    /// Signs each RRset of a section that lies in a zone of ours; of what is not authoritative DS records alone.
    private mutating func signSets(
        _ section: Range<Int>, _ target: ResponseWriter.Section, below end: Int, isAuthoritative: Bool,
        _ shift: ResponseWriter.Shift, _ response: inout ResponseWriter
    ) -> Progress {
        var index = section.lowerBound
        while index < section.upperBound, signing.records[index].start < end {
            guard signing.readOwner(index) else { return .done }
            let rrset = signing.rrset(from: index, in: section)
            index = rrset.upperBound
            let first = signing.records[rrset.lowerBound]
            guard isAuthoritative || first.type == .ds, first.type != .rrsig,
                let signer = signer(for: signing.owner, ofParent: first.type == .ds),
                !signing.isSigned(first.type, in: section), signing.makeCanonical(rrset)
            else { continue }
            let head = RRSIGHead(first.type, owner: signing.owner, ttl: first.ttl)
            let progress = append(signer, head, ownerAt: shift.moved(first.start), target, &response)
            guard progress == .done else { return progress }
        }
        return .done
    }

    /// Appends the signatures of the RRset that is canonical now; `owner` is where its owner lies.
    private mutating func append(
        _ signer: ZoneSigner, _ head: RRSIGHead, ownerAt owner: Int, _ section: ResponseWriter.Section,
        _ response: inout ResponseWriter
    ) -> Progress {
        for key in 0..<signer.signatureCount(head.type) {
            guard signer.sign(signing.rrset, head, key: key, budget: &signing.budget, into: &signing.rdata) else {
                return .noSignature
            }
            guard
                response.appendRecord(
                    ownerAt: owner, type: .rrsig, ttl: head.ttl, rdata: signing.rdata.rawSpan, to: section)
            else { return .noRoom }
        }
        return .done
    }

    /// Appends an NSEC record for the name at the denial's place, and its signatures.
    private mutating func append(
        _ denial: Denial, _ shift: ResponseWriter.Shift, _ section: ResponseWriter.Section,
        _ response: inout ResponseWriter
    ) -> Progress {
        let message = signing.message
        var isDelegation = false
        if case .insecureDelegation = denial.finding { isDelegation = true }
        guard (try? signing.owner.readCompressed(from: message.rawSpan, at: denial.owner)) != nil,
            let signer = signer(for: signing.owner, ofParent: isDelegation || query.qtype == .ds)
        else { return .done }
        // A cut at the apex of a zone is somebody else's.
        let isApex = signer.isApex(signing.owner)
        if isDelegation, isApex { return .done }
        findTypes(denial.finding, isApex: isApex)
        CompactDenial.write(of: signing.owner, &signing.types, asked: query.qtype, into: &signing.rdata)
        let owner = shift.moved(denial.owner)
        guard
            response.appendRecord(
                ownerAt: owner, type: .nsec, ttl: denial.ttl, rdata: signing.rdata.rawSpan, to: section)
        else { return .noRoom }
        signing.hasDenied = true
        signing.rrset.begin()
        signing.rrset.append(signing.rdata)
        signing.rrset.finish(owner: signing.owner.octets, .nsec, ttl: denial.ttl)
        var head = RRSIGHead(.nsec, owner: signing.owner, ttl: denial.ttl)
        if case .noSuchName = denial.finding { head.isDenial = true }
        return append(signer, head, ownerAt: owner, section, &response)
    }

    /// The signer of the zone that a name lies in, as the block has it that would answer for the name.
    ///
    /// `ofParent`: of the zone above, where that is served here too, as DS records and their denial are.
    private func signer(for name: borrowing FoldedName, ofParent: Bool = false) -> ZoneSigner? {
        let routes = routes.span
        for index in routes.indices where routes[index].zone.covers(name) {
            guard ofParent else { return routes[index].block.dnssec?.signer(for: name) }
            let block = (parent(of: name, behind: index) ?? routes[index]).block
            return place(ofZoneAbove: name, in: block) == nil
                ? block.dnssec?.signer(for: name) : block.dnssec?.signer(above: name)
        }
        return nil
    }
}
