/// Records put between those that are written already, as signatures are: behind each section.
extension ResponseWriter {
    /// The octets written so far; those of the header mean nothing yet.
    public var written: RawSpan {
        @_lifetime(borrow self)
        get { out.bytes.extracting(0..<count) }
    }

    public var sectionCounts: SectionCounts {
        SectionCounts(answer: Int(answerCount), authority: Int(authorityCount), additional: Int(additionalCount))
    }

    /// Takes authority and additional records away, which start at `offset`, and those of the answer stay.
    @_lifetime(self: copy self)
    public mutating func cutBehindAnswer(at offset: Int) {
        precondition(offset <= count, "only what is written can be taken away")
        count = offset
        (authorityCount, additionalCount) = (0, 0)
    }

    /// How far octets moved: by `first` from `answerEnd` on, by `second` more from `authorityEnd` on.
    public struct Shift: Sendable {
        public var answerEnd: Int
        public var authorityEnd: Int
        public var first = 0
        public var second = 0

        public init(answerEnd: Int, authorityEnd: Int) {
            self.answerEnd = answerEnd
            self.authorityEnd = authorityEnd
        }

        /// Where lies now what lay at `offset`.
        public func moved(_ offset: Int) -> Int {
            offset + (offset >= answerEnd ? first : 0) + (offset >= authorityEnd ? second : 0)
        }
    }

    /// Writes a record of the same message again, its pointers aimed at where things lie now; false where it does not fit.
    @_lifetime(self: copy self)
    public mutating func appendMoved(_ record: RawSpan, to section: Section, _ shift: Shift) -> Bool {
        guard count + record.byteCount <= limit else { return false }
        let start = count
        copy(record)
        guard shift.first | shift.second == 0 || aim(recordAt: start, shift.moved) else {
            count = start
            return false
        }
        add(1, to: section)
        return true
    }

    /// Appends a record whose owner is that of the record at `place`, written before; false where it does not fit.
    @_lifetime(self: copy self)
    public mutating func appendRecord(
        ownerAt place: Int, type: RRType, ttl: UInt32, rdata: RawSpan, to section: Section
    ) -> Bool {
        // An owner that is a pointer is copied; else the owner itself is what is pointed at.
        let isPointer = out.bytes[unchecked8: place] >= 0xC0
        guard isPointer || place < 0x4000, count + 12 + rdata.byteCount <= limit else { return false }
        let pointer = isPointer ? out.bytes[word16: place] : pointerTo(place)
        store(pointer, at: count)
        store(type.rawValue.bigEndian, at: count + 2)
        store(RRClass.internet.rawValue.bigEndian, at: count + 4)
        store(ttl.bigEndian, at: count + 6)
        store(UInt16(truncatingIfNeeded: rdata.byteCount).bigEndian, at: count + 10)
        count += 12
        copy(rdata)
        add(1, to: section)
        return true
    }

    /// Aims the pointers of a record at where things are `moved`; false where it runs over the end, or one would be too long.
    @_lifetime(self: copy self)
    mutating func aim(recordAt start: Int, _ moved: (Int) -> Int) -> Bool {
        guard let fields = aim(nameAt: start, moved), fields + 10 <= count else { return false }
        var at = fields + 10
        for part in RDATALayout.parts(of: RRType(rawValue: UInt16(bigEndian: out.bytes[word16: fields]))) {
            switch part {
            case .octets(let length): at += length
            case .string: at += at < count ? 1 + Int(out.bytes[unchecked8: at]) : 0
            case .name:
                guard let end = aim(nameAt: at, moved) else { return false }
                at = end
            }
        }
        return true
    }

    /// Returns where the name ends; nil where it runs over the end, or would have to point too far.
    @_lifetime(self: copy self)
    private mutating func aim(nameAt start: Int, _ moved: (Int) -> Int) -> Int? {
        var at = start
        while at + 1 < count {
            let length = out.bytes[unchecked8: at]
            if length >= 0xC0 {
                let target = moved(Int(UInt16(bigEndian: out.bytes[word16: at]) & 0x3FFF))
                guard target < 0x4000 else { return nil }
                store(pointerTo(target), at: at)
                return at + 2
            }
            at += 1 + Int(length)
            if length == 0 { return at }
        }
        return at < count && out.bytes[unchecked8: at] == 0 ? at + 1 : nil
    }
}
