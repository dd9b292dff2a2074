/// Aliases that are made up, and records looked at after they were written.
extension ResponseWriter {
    /// Writes a CNAME for the name being answered; its target is `front` and `back`, two parts of a name in wire form.
    ///
    /// The parts have 255 octets at most. Returns where the target lies, or nil where the record does not fit.
    @_lifetime(self: copy self)
    public mutating func appendAlias(to front: RawSpan, _ back: RawSpan, ttl: UInt32) -> Int? {
        let length = front.byteCount + back.byteCount
        precondition(length <= Name.octetCountMax, "a target is a name")
        guard count + Self.recordHeaderOctetCount + length <= limit else { return nil }
        store(pointerTo(ownerOffset), at: count)
        store(RRType.cname.rawValue.bigEndian, at: count + 2)
        store(RRClass.internet.rawValue.bigEndian, at: count + 4)
        store(ttl.bigEndian, at: count + Self.aliasTTLOffset)
        store(UInt16(truncatingIfNeeded: length).bigEndian, at: count + 10)
        count += Self.recordHeaderOctetCount
        let target = count
        copy(front)
        copy(back)
        add(1, to: .answer)
        return target
    }

    /// Gives the alias that was written first behind `mark` the TTL of the answer's next record, where there is one.
    @_lifetime(self: copy self)
    public mutating func setAliasTTL(since mark: Mark) {
        guard answerCount &- mark.counts.answer > 1, let ttl = secondTTL(since: mark) else { return }
        store(ttl.bigEndian, at: mark.count + Self.aliasTTLOffset)
    }

    private func secondTTL(since mark: Mark) -> UInt32? {
        var (index, second) = (0, UInt32?.none)
        forEachRecord(since: mark) { _, _, ttl, _ in
            if index == 1 { second = ttl }
            index += 1
        }
        return second
    }

    /// Calls `body` with TYPE, TTL and RDATA of each record written since `mark`, and whether it is in the answer section.
    public func forEachRecord(
        since mark: Mark, _ body: (_ isAnswer: Bool, _ type: RRType, _ ttl: UInt32, _ rdata: RawSpan) -> Void
    ) {
        let octets = out.bytes.extracting(0..<count)
        let answers = Int(answerCount &- mark.counts.answer)
        var (at, index) = (mark.count, 0)
        // Records are written whole, so the walk ends with the last of them.
        while at < count, let fields = try? octets.skipName(at: at), let ttl = try? octets.uint32(at: fields + 4),
            let type = try? octets.uint16(at: fields), let length = try? octets.uint16(at: fields + 8)
        {
            at = fields + 10 + Int(length)
            guard at <= count else { return }
            body(index < answers, RRType(rawValue: type), ttl, octets.extracting(fields + 10..<at))
            index += 1
        }
    }

    /// An owner pointer, TYPE, CLASS, TTL and RDLENGTH.
    private static var recordHeaderOctetCount: Int { 12 }
    private static var aliasTTLOffset: Int { 6 }
}
