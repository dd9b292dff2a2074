import DNSWire

/// What a worker needs to sign a response: the message as it was, its records, and memory that is used again.
struct SigningWork: ~Copyable {
    /// A record of `message`.
    struct Place {
        var start: Int
        var type: RRType
        var ttl: UInt32
        var rdata: Range<Int>

        var end: Int { rdata.upperBound }
    }

    /// The message as it was before anything was signed.
    private(set) var message: [UInt8] = []
    private(set) var records: [Place] = []
    private(set) var counts = ResponseWriter.SectionCounts(answer: 0, authority: 0, additional: 0)
    /// Where the first record starts.
    private(set) var start = 0
    var rrset = CanonicalRRset()
    var owner = FoldedName()
    private var other = FoldedName()
    /// Keeps QNAME while a plugin is asked about another name.
    var asked = FoldedName()
    /// Whether an NSEC record was made for the response.
    var hasDenied = false
    /// Types of the records that a name has.
    var types: [UInt16] = []
    /// RDATA of what is to be written next.
    var rdata: [UInt8] = []
    var budget = SigningBudget()

    init() {}

    /// Takes a copy of the message and looks where its records lie, which start at `start`; false where it cannot be read.
    mutating func read(_ response: borrowing ResponseWriter, from start: Int) -> Bool {
        message.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        message.append(octetsOf: response.written)
        counts = response.sectionCounts
        self.start = start
        var at = start
        // A copy of the reference, here and below: a span of the property would hold all of `self`.
        let message = message
        let octets = message.rawSpan
        do throws(WireError) {
            for _ in 0..<counts.total {
                let fields = try octets.skipName(at: at)
                let end = fields + 10 + Int(try octets.uint16(at: fields + 8))
                guard end <= octets.byteCount else { return false }
                records.append(
                    Place(
                        start: at, type: RRType(rawValue: try octets.uint16(at: fields)),
                        ttl: try octets.uint32(at: fields + 4), rdata: fields + 10..<end))
                at = end
            }
        } catch {
            return false
        }
        return true
    }

    var answer: Range<Int> { 0..<counts.answer }
    var authority: Range<Int> { counts.answer..<counts.answer + counts.authority }
    var additional: Range<Int> { counts.answer + counts.authority..<counts.total }

    /// Where the records before `index` end.
    func end(before index: Int) -> Int { index == 0 ? start : records[index - 1].end }

    /// Makes the owner of the record at `index` the value of `owner`; false where it cannot be read.
    mutating func readOwner(_ index: Int) -> Bool {
        let message = message
        return (try? owner.readCompressed(from: message.rawSpan, at: records[index].start)) != nil
    }

    /// The records from `first` on that are one RRset with it, whose owner is `owner` now.
    mutating func rrset(from first: Int, in section: Range<Int>) -> Range<Int> {
        var end = first + 1
        while end < section.upperBound, records[end].type == records[first].type, isOwned(end, likePrevious: first) {
            end += 1
        }
        return first..<end
    }

    private mutating func isOwned(_ index: Int, likePrevious first: Int) -> Bool {
        let message = message
        let octets = message.rawSpan
        let (own, others) = (records[index].start, records[first].start)
        if octets[unchecked8: own] >= 0xC0, octets[word16: own] == octets[word16: others] { return true }
        guard (try? other.readCompressed(from: octets, at: own)) != nil else { return false }
        return isSame(owner, other)
    }

    /// Whether a section has signatures of `owner`'s records of `type`, by somebody else.
    mutating func isSigned(_ type: RRType, in section: Range<Int>) -> Bool {
        let message = message
        for index in section where records[index].type == .rrsig {
            let octets = message.rawSpan
            guard (try? octets.uint16(at: records[index].rdata.lowerBound)) == type.rawValue,
                (try? other.readCompressed(from: octets, at: records[index].start)) != nil
            else { continue }
            if isSame(owner, other) { return true }
        }
        return false
    }

    private func isSame(_ left: borrowing FoldedName, _ right: borrowing FoldedName) -> Bool {
        left.labelCount == right.labelCount && left.hasSuffix(right.octets, labelCount: right.labelCount)
    }

    func has(_ type: RRType, in section: Range<Int>) -> Bool {
        for index in section where records[index].type == type { return true }
        return false
    }

    /// Makes canonical what the records of `range` hold, whose owner is `owner`; false where it cannot be read.
    mutating func makeCanonical(_ range: Range<Int>) -> Bool {
        rrset.begin()
        let message = message
        let first = records[range.lowerBound]
        var ttl = first.ttl
        for index in range {
            let record = records[index]
            ttl = max(ttl, record.ttl)
            guard (try? rrset.append(record.type, in: message.rawSpan, record.rdata)) != nil else { return false }
        }
        rrset.finish(owner: owner.octets, first.type, ttl: ttl)
        return true
    }
}
