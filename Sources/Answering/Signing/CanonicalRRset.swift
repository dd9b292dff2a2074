import DNSWire

/// The octets of an RRset that a signature covers (RFC 4034 §6), made in memory that is used again and again.
struct CanonicalRRset: ~Copyable {
    /// RDATA in canonical form, one behind the other in the order of the message.
    private var rdata: [UInt8] = []
    /// Where each lies in `rdata`.
    private var places: [Range<Int>] = []
    private var name = FoldedName()
    /// The records in canonical form and order: owner, TYPE, CLASS, TTL, RDLENGTH, RDATA.
    private(set) var octets: [UInt8] = []

    init() {}

    /// Forgets what was there.
    mutating func begin() {
        rdata.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        octets.removeAll(keepingCapacity: true)
    }

    /// Takes RDATA as it is, which has no names to fold.
    mutating func append(_ octets: [UInt8]) {
        let start = rdata.count
        rdata.append(contentsOf: octets)
        places.append(start..<rdata.count)
    }

    /// Takes the RDATA that lies in `range` of `message`, whose names may be compressed.
    mutating func append(_ type: RRType, in message: RawSpan, _ range: Range<Int>) throws(WireError) {
        let start = rdata.count
        var at = range.lowerBound
        for part in RDATALayout.parts(of: type) {
            let first = at
            switch part {
            case .octets(let count): at += count
            case .string: at += 1 + Int(try message.octet(at: at))
            case .name:
                try name.readCompressed(from: message, at: at)
                at = try message.skipName(at: at)
                rdata.append(octetsOf: name.octets)
                guard at <= range.upperBound else { throw WireError(.truncated, at: at) }
                continue
            }
            guard at <= range.upperBound else { throw WireError(.truncated, at: at) }
            rdata.append(octetsOf: message.extracting(first..<at))
        }
        rdata.append(octetsOf: message.extracting(at..<range.upperBound))
        places.append(start..<rdata.count)
    }

    /// Puts the records into canonical order, each once (RFC 4034 §6.3).
    mutating func finish(owner: RawSpan, _ type: RRType, ttl: UInt32) {
        sort()
        let rdata = rdata
        for index in places.indices {
            if index > 0, compare(places[index - 1], places[index]) == 0 { continue }
            octets.append(octetsOf: owner)
            octets.append(bigEndian: type.rawValue)
            octets.append(bigEndian: RRClass.internet.rawValue)
            octets.append(bigEndian: ttl)
            octets.append(bigEndian: UInt16(truncatingIfNeeded: places[index].count))
            octets.append(octetsOf: rdata.rawSpan.extracting(places[index]))
        }
    }

    /// A keyed hash of `octets` and of the key that is to sign them.
    func hash(_ keys: (SipHash.Key, SipHash.Key), tag: UInt64) -> SignatureCache.Key {
        var low = SipHash(keys.0)
        var high = SipHash(keys.1)
        low.absorb(tag)
        high.absorb(tag)
        let span = octets.rawSpan
        var at = 0
        while at + 8 <= span.byteCount {
            let word = UInt64(littleEndian: span[word64: at])
            low.absorb(word)
            high.absorb(word)
            at += 8
        }
        var rest: UInt64 = 0
        for index in at..<span.byteCount { rest |= UInt64(span[unchecked8: index]) << UInt64(8 * (index - at)) }
        let count = UInt64(span.byteCount - at)
        return SignatureCache.Key(
            low: low.finish(rest, octetCount: count), high: high.finish(rest, octetCount: count))
    }

    /// A heap sort: in place, without memory of its own.
    private mutating func sort() {
        guard places.count > 1 else { return }
        for root in (0..<places.count / 2).reversed() { sink(root, below: places.count) }
        for end in (1..<places.count).reversed() {
            places.swapAt(0, end)
            sink(0, below: end)
        }
    }

    private mutating func sink(_ start: Int, below end: Int) {
        var root = start
        while 2 * root + 1 < end {
            var child = 2 * root + 1
            if child + 1 < end, compare(places[child], places[child + 1]) < 0 { child += 1 }
            guard compare(places[root], places[child]) < 0 else { return }
            places.swapAt(root, child)
            root = child
        }
    }

    /// As memcmp: octets as numbers, and the shorter first (RFC 4034 §6.3).
    private func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        let span = rdata.rawSpan
        for offset in 0..<min(left.count, right.count) {
            let (own, other) =
                (span[unchecked8: left.lowerBound + offset], span[unchecked8: right.lowerBound + offset])
            if own != other { return own < other ? -1 : 1 }
        }
        return left.count - right.count
    }
}
