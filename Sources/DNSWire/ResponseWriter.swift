/// Writes one response into memory it borrows: header, question, whole records up to a limit, then OPT.
///
/// Records that do not fit are left out and reported by the return value; nothing is ever cut in the middle.
package struct ResponseWriter: ~Copyable, ~Escapable {
    package enum Section: Sendable { case answer, authority, additional }

    /// OPT without options: root name, TYPE, size, extended RCODE and flags, RDLENGTH.
    private static let optOctetCount = 11
    private static let keepaliveOctetCount = 6
    /// The UDP payload size this server announces (RFC 9715 recommends 1232).
    private static let announcedUDPSize: UInt16 = 1232

    private var out: MutableRawSpan
    /// Octets written so far.
    package private(set) var count = 0
    /// Where records must end; the room for OPT is already taken off.
    private var limit = 0
    private var answerCount: UInt16 = 0
    private var authorityCount: UInt16 = 0
    private var additionalCount: UInt16 = 0
    /// AA, TC and RA while records are written; the whole second header word once the message is finished.
    package var flags: UInt16 = 0
    /// Where in the message the name being answered lies: 12 for QNAME, later the RDATA of a followed CNAME.
    package private(set) var ownerOffset = Query.headerOctetCount
    /// The index of the record an address RRset starts with, modulo its size; the worker moves it on (`loadbalance`).
    package var rotation: UInt32?
    /// The idle timeout to announce in an edns-tcp-keepalive option, in units of 100 ms (RFC 7828); nil over UDP.
    package var keepalive: UInt16?

    /// Borrows at least 512 octets.
    @_lifetime(copy out)
    package init(_ out: consuming MutableRawSpan) {
        precondition(out.byteCount >= 512, "every client takes 512 octets")
        self.out = out
    }

    /// Starts over: room for the header, the question as the client wrote it, `limit` octets at most in all.
    @_lifetime(self: copy self)
    package mutating func begin(_ query: borrowing Query, from message: RawSpan, limit: Int) {
        count = Query.headerOctetCount
        (answerCount, authorityCount, additionalCount) = (0, 0, 0)
        flags = 0
        ownerOffset = Query.headerOctetCount
        let opt =
            query.edns.isPresent ? Self.optOctetCount + (announcesKeepalive(query) ? Self.keepaliveOctetCount : 0) : 0
        self.limit = min(limit, out.byteCount) - opt
        if query.questionOctetCount > 0 {
            copy(message.extracting(count..<count + query.questionOctetCount))
        }
    }

    /// Appends one record whose octets start with a two-octet owner pointer; false when it does not fit.
    @_lifetime(self: copy self)
    package mutating func appendRecord(_ record: RawSpan, to section: Section) -> Bool {
        guard count + record.byteCount <= limit else { return false }
        let start = count
        copy(record)
        if ownerOffset != Query.headerOctetCount { store(pointerTo(ownerOffset), at: start) }
        add(1, to: section)
        return true
    }

    /// Appends one record that lies in two pieces, the first with its owner pointer; false when it does not fit.
    @_lifetime(self: copy self)
    package mutating func appendRecord(_ head: RawSpan, _ tail: RawSpan, to section: Section) -> Bool {
        guard count + head.byteCount + tail.byteCount <= limit, appendRecord(head, to: section) else { return false }
        copy(tail)
        return true
    }

    /// Appends records that are all `recordSize` octets long, rotated where `rotation` is set; false when some don't fit.
    @_lifetime(self: copy self)
    package mutating func appendUniform(_ records: RawSpan, recordSize: Int, to section: Section) -> Bool {
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
    package mutating func appendRecord(_ record: RawSpan, owner: Int, to section: Section) -> Bool {
        guard count + record.byteCount <= limit, owner < 0x4000 else { return false }
        let start = count
        copy(record)
        store(pointerTo(owner), at: start)
        add(1, to: section)
        return true
    }

    /// Replaces the two octets at `offset` by a pointer to `target`; for names inside RDATA just written.
    @_lifetime(self: copy self)
    package mutating func patchPointer(at offset: Int, to target: Int) {
        precondition(
            offset >= Query.headerOctetCount && offset + 2 <= count && target < 0x4000, "a pointer aims inside")
        store(pointerTo(target), at: offset)
    }

    /// Makes the name at `offset`, the RDATA of a CNAME just written, the one being answered; false past 0x3FFF.
    @_lifetime(self: copy self)
    package mutating func follow(aliasAt offset: Int, _ query: inout Query) -> Bool {
        guard offset < 0x4000, offset < count else { return false }
        ownerOffset = offset
        return (try? query.name.read(from: out.bytes.extracting(0..<count), at: offset)) != nil
    }

    package var hasRecords: Bool { answerCount | authorityCount | additionalCount != 0 }

    /// Writes OPT and the header; returns the message's length.
    @_lifetime(self: copy self)
    package mutating func finish(_ query: borrowing Query, rcode: RCODE) -> Int {
        if query.edns.isPresent { appendOPT(query, rcode: rcode) }
        store(query.id.bigEndian, at: 0)
        let copied = Query.Flag.recursionDesired | Query.Flag.checkingDisabled
        flags |= Query.Flag.response | query.flags & copied | rcode.rawValue & 0xF
        store(flags.bigEndian, at: 2)
        store(UInt16(query.questionOctetCount > 0 ? 1 : 0).bigEndian, at: 4)
        store(answerCount.bigEndian, at: 6)
        store(authorityCount.bigEndian, at: 8)
        store(additionalCount.bigEndian, at: 10)
        return count
    }

    /// Writes the 12 octets of a reply that has nothing but an ID and an RCODE, and for NOTIMP the opcode.
    ///
    /// No other flag of the request is echoed: the server did not understand it (RFC 8906 §8.1.4).
    @_lifetime(self: copy self)
    package mutating func writeBareHeader(_ query: borrowing Query, rcode: RCODE) -> Int {
        store(query.id.bigEndian, at: 0)
        flags = Query.Flag.response | query.flags & Query.Flag.opcode | rcode.rawValue & 0xF
        store(flags.bigEndian, at: 2)
        store(UInt64(0), at: 4)  // the four counts
        count = Query.headerOctetCount
        return count
    }

    private func announcesKeepalive(_ query: borrowing Query) -> Bool {
        keepalive != nil && query.edns.wantsTCPKeepalive
    }

    @_lifetime(self: copy self)
    private mutating func appendOPT(_ query: borrowing Query, rcode: RCODE) {
        let timeout = announcesKeepalive(query) ? keepalive : nil
        let start = count
        count += Self.optOctetCount + (timeout == nil ? 0 : Self.keepaliveOctetCount)
        store(UInt8(0), at: start)
        store(RRType.opt.rawValue.bigEndian, at: start + 1)
        store(Self.announcedUDPSize.bigEndian, at: start + 3)
        store(UInt8(truncatingIfNeeded: rcode.rawValue >> 4), at: start + 5)
        store(UInt8(0), at: start + 6)
        store(UInt16(query.edns.dnssecOK ? 0x8000 : 0).bigEndian, at: start + 7)
        store(UInt16(timeout == nil ? 0 : Self.keepaliveOctetCount).bigEndian, at: start + 9)
        if let timeout {
            store(UInt16(11).bigEndian, at: start + 11)
            store(UInt16(2).bigEndian, at: start + 13)
            store(timeout.bigEndian, at: start + 15)
        }
        additionalCount += 1
    }

    private func pointerTo(_ offset: Int) -> UInt16 { (0xC000 | UInt16(truncatingIfNeeded: offset)).bigEndian }

    @_lifetime(self: copy self)
    private mutating func add(_ records: UInt16, to section: Section) {
        switch section {
        case .answer: answerCount &+= records
        case .authority: authorityCount &+= records
        case .additional: additionalCount &+= records
        }
    }

    @_lifetime(self: copy self)
    private mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        out.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }

    @_lifetime(self: copy self)
    private mutating func copy(_ source: RawSpan) {
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
