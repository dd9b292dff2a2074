/// Authority records that are written while the answer still goes on: proofs of aliases that wildcards stand for.
extension ResponseWriter {
    /// Where they lie, for what the answer gains behind them to be moved in front of them.
    public struct Aside: Sendable {
        public fileprivate(set) var start: Int
        public fileprivate(set) var end: Int
        fileprivate var answerCount: UInt16
        fileprivate var authorityCount: UInt16

        /// Where lies what lay at `offset`, once the answer has gained `octetCount`.
        fileprivate func moved(_ offset: Int, by octetCount: Int) -> Int {
            if offset < start || offset >= end + octetCount { return offset }
            return offset < end ? offset + octetCount : offset - (end - start)
        }
    }

    /// Sets the authority records aside, behind which nothing is written yet; nil where the answer cannot be read.
    public func setAside() -> Aside? {
        guard let first = try? written.skipName(at: Query.headerOctetCount) + 4,
            let start = end(of: Int(answerCount), recordsAt: first)
        else { return nil }
        return Aside(start: start, end: count, answerCount: answerCount, authorityCount: authorityCount)
    }

    /// Whether the authority section has more than what was set aside.
    public func hasMore(than aside: Aside) -> Bool { authorityCount > aside.authorityCount }

    /// Moves what the answer has gained in front of what was set aside; returns where lies now what lay at `offset`.
    @_lifetime(self: copy self)
    public mutating func settle(_ aside: Aside, offset: Int) -> Int {
        guard let end = end(of: Int(answerCount &- aside.answerCount), recordsAt: aside.end), end > aside.end else {
            return offset
        }
        let gained = end - aside.end
        var at = aside.start
        while at < count, let next = self.end(of: 1, recordsAt: at) {
            _ = aim(recordAt: at) { aside.moved($0, by: gained) }
            at = next
        }
        reverse(aside.start..<aside.end)
        reverse(aside.end..<end)
        reverse(aside.start..<end)
        ownerOffset = aside.moved(ownerOffset, by: gained)
        return aside.moved(offset, by: gained)
    }

    /// Where so many records end that start at an offset.
    private func end(of recordCount: Int, recordsAt start: Int) -> Int? {
        let octets = written
        var at = start
        for _ in 0..<recordCount {
            guard let fields = try? octets.skipName(at: at), let length = try? octets.uint16(at: fields + 8) else {
                return nil
            }
            at = fields + 10 + Int(length)
        }
        return at <= count ? at : nil
    }

    @_lifetime(self: copy self)
    private mutating func reverse(_ range: Range<Int>) {
        var (low, high) = (range.lowerBound, range.upperBound - 1)
        while low < high {
            let (first, last) = (out.bytes[unchecked8: low], out.bytes[unchecked8: high])
            store(last, at: low)
            store(first, at: high)
            (low, high) = (low + 1, high - 1)
        }
    }
}
