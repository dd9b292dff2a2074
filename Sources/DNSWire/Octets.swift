/// Big-endian reads, each checked against the end of the message.
extension RawSpan {
    @inline(__always)
    public func octet(at offset: Int) throws(WireError) -> UInt8 {
        guard offset >= 0, offset < byteCount else { throw WireError(.truncated, at: offset) }
        return self[unchecked8: offset]
    }

    @inline(__always)
    public func uint16(at offset: Int) throws(WireError) -> UInt16 {
        guard offset >= 0, offset + 2 <= byteCount else { throw WireError(.truncated, at: offset) }
        return UInt16(bigEndian: self[word16: offset])
    }

    @inline(__always)
    public func uint32(at offset: Int) throws(WireError) -> UInt32 {
        guard offset >= 0, offset + 4 <= byteCount else { throw WireError(.truncated, at: offset) }
        return UInt32(bigEndian: self[word32: offset])
    }

    /// The octet at `offset`; traps outside the span.
    @inlinable
    public subscript(unchecked8 offset: Int) -> UInt8 {
        // SAFETY: the load itself checks `offset` against the span, and any bit pattern is a UInt8.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }

    /// Two octets in memory order; traps outside the span.
    @inlinable
    public subscript(word16 offset: Int) -> UInt16 {
        // SAFETY: as above.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
    }

    /// Four octets in memory order; traps outside the span.
    @inlinable
    public subscript(word32 offset: Int) -> UInt32 {
        // SAFETY: as above.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    /// Eight octets in memory order; traps outside the span.
    @inlinable
    public subscript(word64 offset: Int) -> UInt64 {
        // SAFETY: as above.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}

extension [UInt8] {
    public var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: an octet has no padding.
            unsafe span.bytes
        }
    }

    /// Appends a copy of what `span` shows.
    public mutating func append(octetsOf span: RawSpan) {
        // SAFETY: the octets are copied before the closure returns.
        unsafe span.withUnsafeBytes { source in unsafe append(contentsOf: source.bindMemory(to: UInt8.self)) }
    }

    public mutating func append(bigEndian value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    public mutating func append(bigEndian value: UInt32) {
        append(bigEndian: UInt16(truncatingIfNeeded: value >> 16))
        append(bigEndian: UInt16(truncatingIfNeeded: value))
    }
}

/// ASCII case folding of DNS names: octets `A`-`Z` to lower case, all others as they are (RFC 4343).
public enum CaseFolding {
    /// Folds eight octets at once, whatever their order in the word.
    public static func fold(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low = word & (0x7F &* ones)
        let aboveZ = low &+ (0x25 &* ones)  // bit 7 of an octet is set when it is greater than 'Z'
        let fromA = low &+ (0x3F &* ones)  // ... when it is at least 'A'
        let upper = (fromA ^ aboveZ) & ~word & (0x80 &* ones)
        return word | upper >> 2
    }

    public static func fold(_ octet: UInt8) -> UInt8 {
        octet &- 0x41 < 26 ? octet | 0x20 : octet
    }
}
