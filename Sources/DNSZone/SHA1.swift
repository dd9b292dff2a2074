import DNSWire

/// SHA-1 (FIPS 180-4), which NSEC3 hashes names with (RFC 5155 §11); without heap memory, and for no other use.
struct SHA1Digest: BitwiseCopyable, Comparable {
    var a: UInt32 = 0x6745_2301
    var b: UInt32 = 0xEFCD_AB89
    var c: UInt32 = 0x98BA_DCFE
    var d: UInt32 = 0x1032_5476
    var e: UInt32 = 0xC3D2_E1F0

    static func < (left: SHA1Digest, right: SHA1Digest) -> Bool {
        (left.a, left.b, left.c, left.d, left.e) < (right.a, right.b, right.c, right.d, right.e)
    }

    /// NSEC3's hash of a name in folded wire form (RFC 5155 §5).
    static func ofName(_ name: RawSpan, salt: [UInt8], iterations: Int) -> SHA1Digest {
        var input = SHA1Input()
        for index in 0..<name.byteCount { input.append(name[unchecked8: index]) }
        for octet in salt { input.append(octet) }
        var digest = input.finish()
        for _ in 0..<iterations {
            input = SHA1Input()
            input.append(digest)
            for octet in salt { input.append(octet) }
            digest = input.finish()
        }
        return digest
    }

    fileprivate mutating func combine(_ block: InlineArray<64, UInt8>) {
        var w = InlineArray<80, UInt32>(repeating: 0)
        for index in 0..<16 {
            for place in 0..<4 { w[index] = w[index] << 8 | UInt32(block[4 * index + place]) }
        }
        for index in 16..<80 {
            let mixed = w[index - 3] ^ w[index - 8] ^ w[index - 14] ^ w[index - 16]
            w[index] = mixed << 1 | mixed >> 31
        }
        var (a, b, c, d, e) = (self.a, self.b, self.c, self.d, self.e)
        for index in 0..<80 {
            let (f, k): (UInt32, UInt32) =
                switch index {
                case ..<20: (b & c | ~b & d, 0x5A82_7999)
                case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let next = (a << 5 | a >> 27) &+ f &+ e &+ k &+ w[index]
            (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
        }
        (self.a, self.b, self.c, self.d, self.e) = (
            self.a &+ a, self.b &+ b, self.c &+ c, self.d &+ d, self.e &+ e
        )
    }
}

/// What is hashed, block by block.
private struct SHA1Input {
    private var digest = SHA1Digest()
    private var block = InlineArray<64, UInt8>(repeating: 0)
    private var count = 0

    mutating func append(_ octet: UInt8) {
        block[count & 63] = octet
        count += 1
        if count & 63 == 0 { digest.combine(block) }
    }

    mutating func append(_ word: UInt32) {
        append(UInt8(truncatingIfNeeded: word >> 24))
        append(UInt8(truncatingIfNeeded: word >> 16))
        append(UInt8(truncatingIfNeeded: word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }

    mutating func append(_ digest: SHA1Digest) {
        append(digest.a)
        append(digest.b)
        append(digest.c)
        append(digest.d)
        append(digest.e)
    }

    consuming func finish() -> SHA1Digest {
        let bitCount = UInt32(count * 8)
        append(UInt8(0x80))
        // The count of bits has 64 bits, and a block of its own where less than eight octets are left (FIPS 180-4 §5.1.1).
        while count & 63 != 56 { append(UInt8(0)) }
        append(UInt32(0))
        append(bitCount)
        return digest
    }
}
