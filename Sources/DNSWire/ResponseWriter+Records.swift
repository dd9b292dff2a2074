/// Records of another message: an inner one, or an answer kept behind its question.
extension ResponseWriter {
    /// How many records of each section.
    public struct SectionCounts: Hashable, Sendable {
        public var answer: Int
        public var authority: Int
        public var additional: Int

        public init(answer: Int, authority: Int, additional: Int) {
            self.answer = answer
            self.authority = authority
            self.additional = additional
        }

        public var total: Int { answer + authority + additional }

        /// The section that the record at `index` lies in.
        func section(_ index: Int) -> Section {
            index < answer ? .answer : index < answer + authority ? .authority : .additional
        }
    }

    /// Appends the records of `message` that start at `at`, names written out; sets TC where a needed one does not fit.
    ///
    /// An owner that is the question's name there becomes the name being answered here. `base` is the offset in its
    /// message of the first octet of `message`: 0, or 12 where the header is missing. Reads only what lies in `message`.
    /// False where a record was left out for want of room.
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func appendRecords(
        of message: RawSpan, at start: Int, base: Int, _ counts: SectionCounts, ttl: (UInt32) -> UInt32 = { $0 }
    ) -> Bool {
        var at = start
        for index in 0..<counts.total {
            let section = counts.section(index)
            let mark = mark
            guard let end = try? appendRecord(of: message, at: at, base: base, ttl), count <= limit else {
                rewind(to: mark)
                switch section {
                case .additional: break
                case .answer, .authority: flags |= Query.Flag.truncated
                }
                return false
            }
            if isMinimal, counts.answer > 0, leavesOut(section, message, at: at, base: base) {
                rewind(to: mark)
            } else {
                add(1, to: section)
            }
            at = end
        }
        return true
    }

    /// Whether `minimal` takes the record away; an SOA makes a negative answer one that may be kept (RFC 2308 §5).
    private func leavesOut(_ section: Section, _ message: RawSpan, at start: Int, base: Int) -> Bool {
        switch section {
        case .answer: return false
        case .additional: return true
        case .authority:
            guard let fields = try? message.skipName(at: start, base: base), let type = try? message.uint16(at: fields)
            else { return true }
            return type != RRType.soa.rawValue
        }
    }

    /// Returns where the next record starts; throws where the record is cut or does not fit.
    @_lifetime(self: copy self)
    private mutating func appendRecord(
        of message: RawSpan, at start: Int, base: Int, _ ttl: (UInt32) -> UInt32
    ) throws(WireError) -> Int {
        var at = try message.skipName(at: start, base: base)
        if try message.uint16(at: start) == 0xC000 | UInt16(Query.headerOctetCount) {
            try reserve(2)
            store(pointerTo(ownerOffset), at: count)
            count += 2
        } else {
            try copyName(of: message, at: start, base: base)
        }
        let type = RRType(rawValue: try message.uint16(at: at))
        let end = at + 10 + Int(try message.uint16(at: at + 8))
        guard end <= message.byteCount else { throw WireError(.truncated, at: message.byteCount) }
        try reserve(10)
        copy(message.extracting(at..<at + 4))
        store(ttl(try message.uint32(at: at + 4)).bigEndian, at: count)
        count += 6
        let rdata = count
        at += 10
        try copyRDATA(type, of: message, at..<end, base: base)
        store(UInt16(truncatingIfNeeded: count - rdata).bigEndian, at: rdata - 2)
        return end
    }

    @_lifetime(self: copy self)
    private mutating func copyRDATA(
        _ type: RRType, of message: RawSpan, _ range: Range<Int>, base: Int
    ) throws(WireError) {
        var at = range.lowerBound
        if RDATALayout.compresses(type) {
            for part in RDATALayout.parts(of: type) {
                switch part {
                case .octets(let length):
                    try reserve(length)
                    guard at + length <= range.upperBound else { throw WireError(.truncated, at: at) }
                    copy(message.extracting(at..<at + length))
                    at += length
                case .name:
                    try copyName(of: message, at: at, base: base)
                    at = try message.skipName(at: at, base: base)
                case .string: break
                }
            }
        }
        guard at <= range.upperBound else { throw WireError(.truncated, at: at) }
        try reserve(range.upperBound - at)
        copy(message.extracting(at..<range.upperBound))
    }

    /// Writes a name without compression.
    @_lifetime(self: copy self)
    private mutating func copyName(of message: RawSpan, at start: Int, base: Int) throws(WireError) {
        var (at, segment) = (start, start)
        let first = count
        while true {
            let length = try message.octet(at: at)
            switch length >> 6 {
            case 0b00:
                let next = at + 1 + Int(length)
                guard next <= message.byteCount else { throw WireError(.truncated, at: at) }
                guard count - first + 1 + Int(length) <= Name.octetCountMax else {
                    throw WireError(.nameTooLong, at: at)
                }
                try reserve(1 + Int(length))
                copy(message.extracting(at..<next))
                at = next
                if length == 0 { return }
            case 0b11:
                let target = Int(try message.uint16(at: at) & 0x3FFF) - base
                guard target >= 0, target < segment else { throw WireError(.pointerNotBackward, at: at) }
                (at, segment) = (target, target)
            default: throw WireError(.badLabelType, at: at)
            }
        }
    }

    private func reserve(_ octets: Int) throws(WireError) {
        guard count + octets <= out.byteCount else { throw WireError(.truncated, at: count) }
    }
}

/// Copying an answer that was kept as octets behind its question.
extension ResponseWriter {
    /// Whether records laid out behind the question `octetCount` octets long are right as they are.
    public func isBehindQuestion(_ octetCount: Int) -> Bool {
        ownerOffset == Query.headerOctetCount && count == Query.headerOctetCount + octetCount
    }

    /// Copies records as they are; `isBehindQuestion` must hold.
    ///
    /// The counts are of what is copied.
    @_lifetime(self: copy self)
    public mutating func appendVerbatim(_ records: RawSpan, _ counts: SectionCounts) {
        precondition(count + records.byteCount <= limit, "the caller has checked the limit")
        copy(records)
        add(UInt16(truncatingIfNeeded: counts.answer), to: .answer)
        add(UInt16(truncatingIfNeeded: counts.authority), to: .authority)
        add(UInt16(truncatingIfNeeded: counts.additional), to: .additional)
    }

    /// Replaces the TTL at `offset`, of a record just copied, by what `change` makes of it.
    @_lifetime(self: copy self)
    public mutating func setTTL(at offset: Int, _ ttl: UInt32) { store(ttl.bigEndian, at: offset) }

    /// Overwrites octets just copied.
    @_lifetime(self: copy self)
    public mutating func overwrite(at offset: Int, with octets: RawSpan) {
        precondition(offset >= Query.headerOctetCount && offset + octets.byteCount <= count, "only what is written")
        let end = count
        count = offset
        copy(octets)
        count = end
    }
}
