package import DNSWire

/// The response to a question other than the client's, in a message of its own that never leaves the server.
package struct InnerResponse {
    package let rcode: RCODE
    /// AA, AD and TC, as for the client.
    package let flags: UInt16
    package let extendedError: ExtendedError?
    /// The message lies in the first `octetCount` of these.
    package fileprivate(set) var octets: [UInt8]
    package let octetCount: Int
    /// Where its records start.
    package let recordsOffset: Int

    package var counts: ResponseWriter.SectionCounts {
        let span = octets.rawSpan
        return .init(
            answer: Int(UInt16(bigEndian: span[word16: 6])), authority: Int(UInt16(bigEndian: span[word16: 8])),
            additional: Int(UInt16(bigEndian: span[word16: 10])))
    }

    /// Whether RDATA of the answer section holds a name that `condition` is true of; also told the record's type.
    func hasAnswerName(where condition: (RRType, borrowing FoldedName) -> Bool) -> Bool {
        let octets = octets
        let message = octets.rawSpan.extracting(first: octetCount)
        var name = FoldedName()
        var at = recordsOffset
        do throws(WireError) {
            for _ in 0..<counts.answer {
                at = try message.skipName(at: at)
                let type = RRType(rawValue: try message.uint16(at: at))
                let end = at + 10 + Int(try message.uint16(at: at + 8))
                if let place = RDATALayout.firstName(of: type, in: message, from: at + 10) {
                    try name.readCompressed(from: message, at: place)
                    if condition(type, name) { return true }
                }
                at = end
            }
        } catch {
            // What cannot be read is looked at as a whole, which then fails.
            return true
        }
        return false
    }

    package func message() -> DNSMessage? { try? DNSMessage(reading: octets.rawSpan.extracting(first: octetCount)) }
}

/// What plugins need that ask the rest of the chain something else than the client asked: `rewrite`, `dns64`.
extension Answerer {
    /// Resolves the question as `query` now has it, from the plugin at `first` on.
    ///
    /// Nil where there is no response yet, as `resolve` says it. The result's memory is to be given back by `giveBack`.
    mutating func resolveInner(
        _ route: ServerConfiguration.Route, from first: Int, rotation: UInt32?
    ) -> InnerResponse? {
        isQuestionChanged = true
        var memory = scratch.popLast() ?? [UInt8](repeating: 0, count: Self.tcpOctetCountMax)
        let questionOctetCount = query.name.octetCount + 4
        let result = write(into: &memory, route, from: first, rotation)
        guard let result else {
            scratch.append(memory)
            return nil
        }
        return InnerResponse(
            rcode: result.rcode, flags: result.flags, extendedError: result.extendedError, octets: memory,
            octetCount: result.count, recordsOffset: Query.headerOctetCount + questionOctetCount)
    }

    mutating func giveBack(_ inner: consuming InnerResponse) { scratch.append(inner.octets) }

    private mutating func write(
        into memory: inout [UInt8], _ route: ServerConfiguration.Route, from first: Int, _ rotation: UInt32?
    ) -> (rcode: RCODE, flags: UInt16, extendedError: ExtendedError?, count: Int)? {
        var span = memory.mutableSpan
        // SAFETY: octets have no padding, so any may be read and written.
        var writer = unsafe ResponseWriter(span.mutableBytes)
        writer.beginInner(query, limit: Self.tcpOctetCountMax)
        writer.rotation = rotation
        let outer = aside
        aside = nil
        defer { aside = outer }
        guard let rcode = resolve(route, from: first, &writer) else { return nil }
        let count = writer.finishInner(query, rcode: rcode)
        let mask = Query.Flag.authoritative | Query.Flag.authenticData | Query.Flag.truncated
        return (rcode, writer.flags & mask, writer.extendedError, count)
    }

    /// Takes over an inner response as it is, its question's name being the one answered here.
    ///
    /// False where a record was left out for want of room.
    @discardableResult
    mutating func adopt(
        _ inner: borrowing InnerResponse, into response: inout ResponseWriter, ttl: (UInt32) -> UInt32 = { $0 }
    ) -> Bool {
        response.flags |= inner.flags
        response.extendedError = inner.extendedError
        let octets = inner.octets
        return response.appendRecords(
            of: octets.rawSpan.extracting(first: inner.octetCount), at: inner.recordsOffset, base: 0, inner.counts,
            ttl: ttl)
    }
}
