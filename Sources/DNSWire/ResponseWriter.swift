/// Writes one response into memory it borrows: header, question, whole records up to a limit, then OPT.
///
/// Records that do not fit are left out and reported by the return value; nothing is ever cut in the middle.
public struct ResponseWriter: ~Copyable, ~Escapable {
    public enum Section: Sendable { case answer, authority, additional }

    /// OPT without options: root name, TYPE, size, extended RCODE and flags, RDLENGTH.
    static let optOctetCount = 11
    static let keepaliveOctetCount = 6
    static let cookieOctetCount = 4 + Cookie.octetCount
    /// Octets of a reason beside an extended error's code.
    public static let reasonOctetCountMax = 80
    /// The UDP payload size this server announces (RFC 9715 recommends 1232).
    static let announcedUDPSize: UInt16 = 1232

    var out: MutableRawSpan
    /// Octets written so far.
    public internal(set) var count = 0
    /// Where records must end; the room for OPT is already taken off.
    public private(set) var limit = 0
    public private(set) var answerCount: UInt16 = 0
    var authorityCount: UInt16 = 0
    var additionalCount: UInt16 = 0
    /// AA, TC and RA while records are written; the whole second header word once the message is finished.
    public var flags: UInt16 = 0
    /// Where in the message the name being answered lies: 12 for QNAME, later the RDATA of a followed CNAME.
    public internal(set) var ownerOffset = Query.headerOctetCount
    /// Leaves out authority and additional records beside an answer (`minimal`), but for the SOA of a negative one
    /// that a CNAME led to: without it nobody may keep the answer (RFC 2308 §5).
    public var isMinimal = false
    /// Flags that are set and cleared last (`header`).
    public var forcedFlags: (set: UInt16, clear: UInt16) = (0, 0)
    /// The server's identifier, for clients that ask (RFC 5001); empty for none.
    public var identifier: [UInt8] = []
    /// Why the response is as it is (RFC 8914); sent only to clients that use EDNS, where there is room.
    public var extendedError: ExtendedError?
    /// The index of the record an address RRset starts with, modulo its size; the worker moves it on (`loadbalance`).
    public var rotation: UInt32?
    /// The idle timeout to announce in an edns-tcp-keepalive option, in units of 100 ms (RFC 7828); nil over UDP.
    public var keepalive: UInt16?

    /// What clients that sent a cookie get (RFC 7873); to be set for them before the end.
    public var cookie = Cookie()

    /// Borrows at least 512 octets.
    @_lifetime(copy out)
    public init(_ out: consuming MutableRawSpan) {
        precondition(out.byteCount >= 512, "every client takes 512 octets")
        self.out = out
    }

    /// Starts over: room for the header, the question as the client wrote it, `limit` octets at most in all.
    @_lifetime(self: copy self)
    public mutating func begin(_ query: borrowing Query, from message: RawSpan, limit: Int) {
        start(limit: min(limit, out.byteCount) - (query.edns.isPresent ? optOctetCount(query) : 0))
        if query.questionOctetCount > 0 {
            copy(message.extracting(count..<count + query.questionOctetCount))
        }
    }

    /// Starts a message that never leaves the server: the question as it is now, `limit` octets for its records.
    @_lifetime(self: copy self)
    public mutating func beginInner(_ query: borrowing Query, limit: Int) {
        start(limit: min(limit, out.byteCount))
        copy(query.name.octets)
        store(query.qtype.rawValue.bigEndian, at: count)
        store(query.qclass.rawValue.bigEndian, at: count + 2)
        count += 4
    }

    /// Forgets all records.
    @_lifetime(self: copy self)
    public mutating func rewind(_ query: borrowing Query) {
        (answerCount, authorityCount, additionalCount) = (0, 0, 0)
        (flags, ownerOffset, extendedError) = (0, Query.headerOctetCount, nil)
        count = Query.headerOctetCount + query.questionOctetCount
    }

    /// A place to come back to.
    public struct Mark: Sendable {
        var count: Int
        var counts: (answer: UInt16, authority: UInt16, additional: UInt16)
        fileprivate var flags: UInt16
        fileprivate var ownerOffset: Int
    }

    public var mark: Mark {
        Mark(
            count: count, counts: (answerCount, authorityCount, additionalCount), flags: flags, ownerOffset: ownerOffset
        )
    }

    @_lifetime(self: copy self)
    public mutating func rewind(to mark: Mark) {
        (count, flags, ownerOffset) = (mark.count, mark.flags, mark.ownerOffset)
        (answerCount, authorityCount, additionalCount) = mark.counts
        extendedError = nil
    }

    @_lifetime(self: copy self)
    private mutating func start(limit: Int) {
        count = Query.headerOctetCount
        (answerCount, authorityCount, additionalCount) = (0, 0, 0)
        flags = 0
        ownerOffset = Query.headerOctetCount
        self.limit = limit
    }

    /// Appends one record whose octets start with a two-octet owner pointer; false when it does not fit.
    @_lifetime(self: copy self)
    public mutating func appendRecord(_ record: RawSpan, to section: Section) -> Bool {
        if leavesOut(section) { return true }
        guard count + record.byteCount <= limit else { return false }
        let start = count
        copy(record)
        if ownerOffset != Query.headerOctetCount { store(pointerTo(ownerOffset), at: start) }
        add(1, to: section)
        return true
    }

    /// Appends one record that lies in two pieces, the first with its owner pointer; false when it does not fit.
    @_lifetime(self: copy self)
    public mutating func appendRecord(_ head: RawSpan, _ tail: RawSpan, to section: Section) -> Bool {
        if leavesOut(section) { return true }
        guard count + head.byteCount + tail.byteCount <= limit, appendRecord(head, to: section) else { return false }
        copy(tail)
        return true
    }

    /// Appends records that are all `recordSize` octets long, rotated where `rotation` is set; false when some don't fit.
    @_lifetime(self: copy self)
    public mutating func appendUniform(_ records: RawSpan, recordSize: Int, to section: Section) -> Bool {
        if records.byteCount == recordSize { return appendRecord(records, to: section) }
        let total = records.byteCount / recordSize
        let fitting = min(total, (limit - count) / recordSize)
        let first = rotation.map { Int($0 % UInt32(max(1, total))) } ?? 0
        let start = count
        let head = min(fitting, total - first)
        copy(records.extracting(first * recordSize..<(first + head) * recordSize))
        if fitting > head { copy(records.extracting(0..<(fitting - head) * recordSize)) }
        if ownerOffset != Query.headerOctetCount {
            for index in 0..<fitting { store(pointerTo(ownerOffset), at: start + index * recordSize) }
        }
        add(UInt16(truncatingIfNeeded: fitting), to: section)
        return fitting == total
    }

    /// Appends one record, its owner a pointer to `owner` (below 0x4000); false when it does not fit.
    @_lifetime(self: copy self)
    public mutating func appendRecord(_ record: RawSpan, owner: Int, to section: Section) -> Bool {
        if leavesOut(section) { return true }
        guard count + record.byteCount <= limit, owner < 0x4000 else { return false }
        let start = count
        copy(record)
        store(pointerTo(owner), at: start)
        add(1, to: section)
        return true
    }

    /// Replaces the two octets at `offset` by a pointer to `target`; for names inside RDATA just written.
    @_lifetime(self: copy self)
    public mutating func patchPointer(at offset: Int, to target: Int) {
        let isInside = offset >= Query.headerOctetCount && offset + 2 <= count && target < 0x4000
        assert(isInside, "a pointer aims inside")
        guard isInside else { return }
        store(pointerTo(target), at: offset)
    }

    /// Makes the name at `offset`, the RDATA of a CNAME just written, the one being answered; false past 0x3FFF.
    @_lifetime(self: copy self)
    public mutating func follow(aliasAt offset: Int, _ query: inout Query) -> Bool {
        guard offset < 0x4000, offset < count else { return false }
        ownerOffset = offset
        return (try? query.name.read(from: out.bytes.extracting(0..<count), at: offset)) != nil
    }

    public var hasRecords: Bool { answerCount | authorityCount | additionalCount != 0 }

    /// Writes OPT and the header; returns the message's length.
    @_lifetime(self: copy self)
    public mutating func finish(_ query: borrowing Query, rcode: RCODE) -> Int {
        if query.edns.isPresent { appendOPT(query, rcode: rcode) }
        let copied = Query.Flag.recursionDesired | Query.Flag.checkingDisabled
        flags |= Query.Flag.response | query.flags & copied | rcode.rawValue & 0xF
        flags = flags & ~forcedFlags.clear | forcedFlags.set
        storeHeader(query.id, flags, questions: query.questionOctetCount > 0 ? 1 : 0)
        return count
    }

    /// Writes the header of a message begun by `beginInner`; returns its length.
    @_lifetime(self: copy self)
    public mutating func finishInner(_ query: borrowing Query, rcode: RCODE) -> Int {
        storeHeader(query.id, Query.Flag.response | flags | rcode.rawValue & 0xF, questions: 1)
        return count
    }

    @_lifetime(self: copy self)
    private mutating func storeHeader(_ id: UInt16, _ flags: UInt16, questions: UInt16) {
        let first = UInt64(id) << 48 | UInt64(flags) << 32 | UInt64(questions) << 16 | UInt64(answerCount)
        store(first.bigEndian, at: 0)
        store((UInt32(authorityCount) << 16 | UInt32(additionalCount)).bigEndian, at: 8)
    }

    /// Writes the 12 octets of a reply that has nothing but an ID and an RCODE, and for NOTIMP the opcode.
    ///
    /// No other flag of the request is echoed: the server did not understand it (RFC 8906 §8.1.4).
    @_lifetime(self: copy self)
    public mutating func writeBareHeader(_ query: borrowing Query, rcode: RCODE) -> Int {
        store(query.id.bigEndian, at: 0)
        flags = Query.Flag.response | query.flags & Query.Flag.opcode | rcode.rawValue & 0xF
        store(flags.bigEndian, at: 2)
        store(UInt64(0), at: 4)  // the four counts
        count = Query.headerOctetCount
        return count
    }

    private func leavesOut(_ section: Section) -> Bool {
        isMinimal && answerCount > 0 && section == .additional
    }

    func pointerTo(_ offset: Int) -> UInt16 { (0xC000 | UInt16(truncatingIfNeeded: offset)).bigEndian }

    @_lifetime(self: copy self)
    mutating func add(_ records: UInt16, to section: Section) {
        switch section {
        case .answer: answerCount &+= records
        case .authority: authorityCount &+= records
        case .additional: additionalCount &+= records
        }
    }

    @_lifetime(self: copy self)
    mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        out.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }

    @_lifetime(self: copy self)
    mutating func copy(_ source: RawSpan) {
        let (start, length) = (count, source.byteCount)
        precondition(length <= out.byteCount - start, "the caller has checked the limit")
        // SAFETY: both ranges were checked, and a response never overlaps the memory it is copied from.
        unsafe out.withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { octets in
                guard let from = octets.baseAddress, let to = target.baseAddress else { return }
                unsafe (to + start).copyMemory(from: from, byteCount: length)
            }
        }
        count += length
    }
}
