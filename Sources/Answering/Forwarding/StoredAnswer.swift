package import DNSWire

/// An upstream's answer, made ours: only records that were asked for, laid out behind their question.
///
/// Offsets inside the records count from the header of a message whose question has the same length, so that a hit is
/// one copy and a TTL to set for each record.
package struct StoredAnswer: Hashable, Sendable {
    /// RCODE as it goes to clients.
    package let rcode: RCODE
    /// The upstream vouches for the data (AD).
    package let isAuthenticated: Bool
    package let counts: ResponseWriter.SectionCounts
    /// The least TTL of what decides the answer, in seconds; 0: for those who wait for it, and nobody else.
    package let ttl: UInt32
    /// Why it failed; nil for answers.
    package private(set) var extendedError: ExtendedError?
    /// The question (name, type, class), the records, then a table: for each record its start and its TTL's offset.
    private let octets: [UInt8]
    private let questionOctetCount: Int
    private let tableOffset: Int
    /// Address records at the end of the answer section that may be turned, all of one size; `count` 0 for none.
    private let turning: (start: Int, count: Int, recordOctetCount: Int)

    /// NXDOMAIN or NODATA: kept by `denial`.
    package var isDenial: Bool { rcode == .nxDomain || counts.answer == 0 }
    /// Neither an answer nor a denial.
    package var isFailure: Bool { rcode != .noError && rcode != .nxDomain }
    package var octetCount: Int { octets.count }
    /// Whether question and records fit behind a header into 65,535 octets, which is also what the table can say.
    package var fitsAMessage: Bool { Query.headerOctetCount + tableOffset <= 65_535 }

    /// Lays out a message that `UpstreamReply` has cleaned.
    package init(_ message: DNSMessage, ttl: UInt32, extendedError: ExtendedError? = nil) {
        rcode = message.rcode
        isAuthenticated = message.flags & Query.Flag.authenticData != 0
        counts = ResponseWriter.SectionCounts(
            answer: message.answer.count, authority: message.authority.count, additional: message.additional.count)
        self.ttl = ttl
        self.extendedError = extendedError
        var encoder = MessageEncoder(headerOctetCount: Query.headerOctetCount)
        for question in message.questions.prefix(1) { encoder.append(question) }
        questionOctetCount = encoder.octets.count - Query.headerOctetCount
        var table: [UInt8] = []
        var starts: [Int] = []
        for record in message.answer + message.authority + message.additional {
            let start = encoder.octets.count
            starts.append(start)
            encoder.append(record)
            let ttlOffset = ((try? encoder.octets.rawSpan.skipName(at: start)) ?? start) + 4
            table.append(bigEndian: UInt16(truncatingIfNeeded: start))
            table.append(bigEndian: UInt16(truncatingIfNeeded: ttlOffset))
        }
        let end = encoder.octets.count
        turning = Self.turning(message.answer, starts + [end])
        tableOffset = end - Query.headerOctetCount
        octets = Array(encoder.octets[Query.headerOctetCount...]) + table
    }

    /// Whether it answers this name in folded wire form, which is what its octets begin with.
    func isNamed(_ name: RawSpan) -> Bool {
        guard questionOctetCount == name.byteCount + 4 else { return false }
        let octets = octets
        let own = octets.rawSpan
        var index = 0
        while index + 8 <= name.byteCount {
            guard own[word64: index] == name[word64: index] else { return false }
            index += 8
        }
        while index < name.byteCount {
            guard own[unchecked8: index] == name[unchecked8: index] else { return false }
            index += 1
        }
        return true
    }

    /// The same with a reason, where it has none of its own.
    package func explained(by error: ExtendedError?) -> StoredAnswer {
        var copy = self
        copy.extendedError = extendedError ?? error
        return copy
    }

    package static func == (left: StoredAnswer, right: StoredAnswer) -> Bool {
        left.rcode == right.rcode && left.octets == right.octets && left.ttl == right.ttl
            && left.isAuthenticated == right.isAuthenticated && left.extendedError == right.extendedError
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(octets) }

    /// The address records that end the answer section, where their octets differ in nothing but data.
    private static func turning(_ answer: [DNSMessage.Record], _ starts: [Int]) -> (Int, Int, Int) {
        guard let last = answer.last, last.type == .a || last.type == .aaaa else { return (0, 0, 0) }
        let count = answer.reversed().prefix { $0.type == last.type && $0.owner == last.owner }.count
        let first = answer.count - count
        // The first owner of a chain's end may be written out where the others point to it: those can be turned.
        let size = starts[answer.count] - starts[answer.count - 1]
        let uniform = (first..<answer.count).reversed().prefix { starts[$0 + 1] - starts[$0] == size }.count
        guard uniform == count, count > 1 else { return (0, 0, 0) }
        return (starts[first], count, size)
    }
}

/// Writing the answer for a client.
extension StoredAnswer {
    /// How TTLs are to be written.
    package enum Age: Sendable {
        /// Seconds since the answer came.
        case fresh(UInt32)
        /// Every TTL is this (RFC 8767 §4: 30 seconds).
        case stale(UInt32)
        /// As they came.
        case kept

        func ttl(_ original: UInt32) -> UInt32 {
            switch self {
            case .fresh(let age): original > age ? original - age : 0
            case .stale(let ttl): ttl
            case .kept: original
            }
        }
    }

    package func write(to response: inout ResponseWriter, _ query: borrowing Query, _ age: Age) -> RCODE {
        if isAuthenticated, query.wantsAuthenticData { response.flags |= Query.Flag.authenticData }
        if let extendedError { response.extendedError = extendedError }
        guard counts.total > 0 else { return rcode }
        if response.isBehindQuestion(questionOctetCount), !response.isMinimal {
            writeVerbatim(&response, age)
        } else {
            let octets = octets
            response.appendRecords(
                of: octets.rawSpan.extracting(first: tableOffset), at: questionOctetCount,
                base: Query.headerOctetCount, counts, ttl: { age.ttl($0) })
        }
        return rcode
    }

    private func writeVerbatim(_ response: inout ResponseWriter, _ age: Age) {
        let blob = octets
        let all = blob.rawSpan
        var fitting = counts.total
        var end = tableOffset
        // Whole records up to the limit; what is additional is left out without a word.
        while response.count + end - questionOctetCount > response.limit {
            fitting -= 1
            end = Int(UInt16(bigEndian: all[word16: tableOffset + 4 * fitting])) - Query.headerOctetCount
            if fitting < counts.answer + counts.authority { response.flags |= Query.Flag.truncated }
        }
        let part = ResponseWriter.SectionCounts(
            answer: min(fitting, counts.answer), authority: max(0, min(fitting - counts.answer, counts.authority)),
            additional: max(0, fitting - counts.answer - counts.authority))
        response.appendVerbatim(all.extracting(questionOctetCount..<end), part)
        if fitting >= counts.answer { turn(&response, all) }
        for index in 0..<fitting {
            let offset = Int(UInt16(bigEndian: all[word16: tableOffset + 4 * index + 2]))
            let original = UInt32(bigEndian: all[word32: offset - Query.headerOctetCount])
            response.setTTL(at: offset, age.ttl(original))
        }
    }

    /// Starts the addresses with another one (`loadbalance`); their TTLs are alike and set afterwards.
    private func turn(_ response: inout ResponseWriter, _ all: RawSpan) {
        guard let rotation = response.rotation, turning.count > 1 else { return }
        let first = Int(rotation % UInt32(turning.count)) * turning.recordOctetCount
        guard first > 0 else { return }
        let octetCount = turning.count * turning.recordOctetCount
        let start = turning.start - Query.headerOctetCount
        response.overwrite(at: turning.start, with: all.extracting(start + first..<start + octetCount))
        response.overwrite(
            at: turning.start + octetCount - first, with: all.extracting(start..<start + first))
    }
}
