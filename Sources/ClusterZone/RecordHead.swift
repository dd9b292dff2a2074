import DNSWire
import NetworkAddress

/// A record in inline memory, or what comes before the name that ends it and lies elsewhere.
struct RecordHead {
    /// Header, the six octets of SRV, the longest label: 82, or a header and an IPv6 address.
    private var storage = InlineArray<88, UInt8>(repeating: 0)
    private(set) var count = 12

    init(_ type: RRType, ttl: UInt32) {
        store(UInt32(0xC00C) << 16 | UInt32(type.rawValue), at: 0)
        store(UInt32(RRClass.internet.rawValue) << 16 | ttl >> 16, at: 4)
        store(ttl << 16, at: 8)
    }

    /// The whole A or AAAA record.
    init(_ address: IPAddress, ttl: UInt32) {
        self.init(AddressRecords.type(of: address.family), ttl: ttl)
        switch address.family {
        case .ipv4: append(UInt32(truncatingIfNeeded: address.low))
        case .ipv6:
            append(UInt32(truncatingIfNeeded: address.high >> 32))
            append(UInt32(truncatingIfNeeded: address.high))
            append(UInt32(truncatingIfNeeded: address.low >> 32))
            append(UInt32(truncatingIfNeeded: address.low))
        }
        setLength(suffixOctetCount: 0)
    }

    mutating func append(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    /// A label of at most 63 octets with its length.
    mutating func append(label: RawSpan) {
        append(UInt8(truncatingIfNeeded: label.byteCount))
        for index in 0..<label.byteCount { append(label[unchecked8: index]) }
    }

    /// Sets RDLENGTH for RDATA that goes on for this many octets.
    mutating func setLength(suffixOctetCount: Int) {
        let length = count - 12 + suffixOctetCount
        storage[10] = UInt8(truncatingIfNeeded: length >> 8)
        storage[11] = UInt8(truncatingIfNeeded: length)
    }

    var octets: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: an octet has no padding.
            unsafe storage.span.bytes.extracting(first: count)
        }
    }

    private mutating func append(_ octet: UInt8) {
        storage[count] = octet
        count += 1
    }

    private mutating func append(_ word: UInt32) {
        store(word, at: count)
        count += 4
    }

    private mutating func store(_ word: UInt32, at offset: Int) {
        var span = storage.mutableSpan
        // SAFETY: octets have no padding, and the store checks its place.
        var octets = unsafe span.mutableBytes
        octets.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt32.self)
    }
}
