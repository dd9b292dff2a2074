import DNSWire

/// Messages put together as values, written for a client.
extension ResponseWriter {
    /// Writes the records of `message` with compressed names; sets TC where one that is needed does not fit.
    ///
    /// `asked` is the name that is answered here, case aside.
    @_lifetime(self: copy self)
    mutating func append(_ message: consuming DNSMessage, asked: Name) {
        if isMinimal, !message.answer.isEmpty {
            message.authority.removeAll { $0.type != .soa }
            message.additional = []
        }
        let octets = message.laidOut(behind: asked, limit: limit)
        flags |= UInt16(bigEndian: octets.rawSpan[word16: 2]) & Query.Flag.truncated
        let questionOctetCount = asked.wire.count + 4
        let start = Query.headerOctetCount + questionOctetCount
        if isBehindQuestion(questionOctetCount) {
            appendVerbatim(octets.rawSpan.extracting(start..<octets.count), octets.sectionCounts)
        } else {
            appendRecords(of: octets.rawSpan, at: start, base: 0, octets.sectionCounts)
        }
    }

    /// Writes an answer whose last record is a CNAME, names written out; the offset of its target, nil where it does not fit.
    @_lifetime(self: copy self)
    mutating func appendAlias(_ answer: [DNSMessage.Record], asked: Name) -> Int? {
        var message = DNSMessage()
        message.answer = answer
        let octets = message.laidOut(behind: asked, limit: 65_535)
        let start = Query.headerOctetCount + asked.wire.count + 4
        guard appendRecords(of: octets.rawSpan, at: start, base: 0, octets.sectionCounts), let last = answer.last else {
            return nil
        }
        return count - last.rdata.count
    }
}

extension DNSMessage {
    /// In wire form behind a question for `name`.
    fileprivate consuming func laidOut(behind name: Name, limit: Int) -> [UInt8] {
        questions = [Question(name: name, type: RRType(rawValue: 0))]
        opt = nil
        return encoded(limit: limit)
    }
}

extension [UInt8] {
    /// Of the message that these are.
    fileprivate var sectionCounts: ResponseWriter.SectionCounts {
        let span = rawSpan
        return .init(
            answer: Int(UInt16(bigEndian: span[word16: 6])), authority: Int(UInt16(bigEndian: span[word16: 8])),
            additional: Int(UInt16(bigEndian: span[word16: 10])))
    }
}
