import NetworkAddress

/// Reads the fields of packed objects one after the other; any octets may be read, and none make it trap.
///
/// Numbers are little-endian base 128 with the high bit as "more follows" (LEB128); a text is its length in octets
/// and its UTF-8; a list is its count and its elements.
struct OctetReader {
    let octets: ArraySlice<UInt8>
    /// The next octet to read, as an index of `octets`.
    private(set) var place: Int

    init(_ octets: ArraySlice<UInt8>, at place: Int? = nil) {
        self.octets = octets
        self.place = place ?? octets.startIndex
    }

    var isAtEnd: Bool { place >= octets.endIndex }

    /// What has not been read yet.
    var rest: ArraySlice<UInt8> { octets[place...] }

    func error(_ reason: ObjectCodingError.Reason) -> ObjectCodingError { ObjectCodingError(reason, at: place) }

    func end() throws(ObjectCodingError) {
        guard isAtEnd else { throw error(.trailingOctets) }
    }

    mutating func octet() throws(ObjectCodingError) -> UInt8 {
        guard place < octets.endIndex else { throw error(.truncated) }
        defer { place += 1 }
        return octets[place]
    }

    /// The place of the next `count` octets, which are passed over.
    mutating func skip(_ count: Int) throws(ObjectCodingError) -> Range<Int> {
        guard count <= octets.endIndex - place else { throw error(.truncated) }
        defer { place += count }
        return place..<place + count
    }

    mutating func number() throws(ObjectCodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try octet()
            // The tenth octet holds the one bit that is left, and is the last.
            if shift == 63, next > 1 { throw error(.badValue) }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A number that may be negative: its sign is the lowest bit.
    mutating func signedNumber() throws(ObjectCodingError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// The length of what follows; every element of a list has at least one octet, so this bounds a count too.
    mutating func count() throws(ObjectCodingError) -> Int {
        let value = try number()
        guard value <= UInt64(octets.endIndex - place) else { throw error(.truncated) }
        return Int(value)
    }

    mutating func port() throws(ObjectCodingError) -> UInt16 {
        let high = try octet()
        return try UInt16(high) << 8 | UInt16(octet())
    }

    /// The place of a text whose UTF-8 has been checked.
    mutating func textPlace() throws(ObjectCodingError) -> Range<Int> {
        let text = try skip(count())
        try check(text)
        return text
    }

    mutating func text() throws(ObjectCodingError) -> String {
        let place = try skip(count())
        let low = place.lowerBound - octets.startIndex
        // Not `String(validating:)`, which looks up generic code anew for every text.
        guard let text = try? UTF8Span(validating: octets.span.extracting(low..<low + place.count)) else {
            throw error(.badText)
        }
        return String(copying: text)
    }

    func check(_ text: Range<Int>) throws(ObjectCodingError) {
        let low = text.lowerBound - octets.startIndex
        guard (try? UTF8Span(validating: octets.span.extracting(low..<low + text.count))) != nil else {
            throw error(.badText)
        }
    }
}

extension OctetReader {
    mutating func list<Element>(
        _ element: (inout OctetReader) throws(ObjectCodingError) -> Element
    ) throws(ObjectCodingError) -> [Element] {
        let count = try count()
        var list: [Element] = []
        // Memory follows what is really there: an element may take far more than the octet it is counted with.
        list.reserveCapacity(min(count, 64))
        for _ in 0..<count { list.append(try element(&self)) }
        return list
    }

    mutating func texts() throws(ObjectCodingError) -> [String] {
        try list { (reader) throws(ObjectCodingError) in try reader.text() }
    }

    /// A map in key order, each key once.
    mutating func map<Value>(
        _ value: (inout OctetReader) throws(ObjectCodingError) -> Value
    ) throws(ObjectCodingError) -> [String: Value] {
        var map: [String: Value] = [:]
        var last: String?
        for _ in 0..<(try count()) {
            let key = try text()
            if let last, key <= last { throw error(.unordered) }
            map[key] = try value(&self)
            last = key
        }
        return map
    }

    mutating func textMap() throws(ObjectCodingError) -> [String: String] {
        try map { (reader) throws(ObjectCodingError) in try reader.text() }
    }

    /// One address: the count of its octets, 4 or 16, and the octets.
    mutating func address() throws(ObjectCodingError) -> IPAddress {
        let count = try octet()
        guard count == 4 || count == 16 else { throw error(.badValue) }
        return IPAddress(packed: octets[try skip(Int(count))])
    }

    mutating func addresses() throws(ObjectCodingError) -> [IPAddress] {
        try list { (reader) throws(ObjectCodingError) in try reader.address() }
    }
}

extension IPAddress {
    /// From four octets or sixteen, in network order.
    init(packed octets: ArraySlice<UInt8>) {
        let number = { (octets: ArraySlice<UInt8>) in octets.reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
        if octets.count == 4 {
            self.init(ipv4: UInt32(truncatingIfNeeded: number(octets)))
        } else {
            self.init(high: number(octets.prefix(8)), low: number(octets.dropFirst(8)))
        }
    }
}
