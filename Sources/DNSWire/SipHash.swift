/// SipHash-2-4 of whole words: a keyed hash that nobody can forge who does not have the key.
///
/// Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), which RFC 9018 §4.4 asks for. `Hasher` is another one.
public struct SipHash: Sendable {
    /// 128 bits, as two words of which the first octet is the lowest.
    public struct Key: Hashable, Sendable, BitwiseCopyable {
        var low: UInt64
        var high: UInt64

        public init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }

        /// One that nobody else has.
        public static func random() -> Key {
            Key(low: .random(in: .min ... .max), high: .random(in: .min ... .max))
        }
    }

    private var (v0, v1, v2, v3): (UInt64, UInt64, UInt64, UInt64)
    private var octetCount: UInt64 = 0

    public init(_ key: Key) {
        v0 = key.low ^ 0x736F_6D65_7073_6575
        v1 = key.high ^ 0x646F_7261_6E64_6F6D
        v2 = key.low ^ 0x6C79_6765_6E65_7261
        v3 = key.high ^ 0x7465_6462_7974_6573
    }

    /// Takes eight octets, the first of them the lowest of `word`.
    public mutating func absorb(_ word: UInt64) {
        octetCount &+= 8
        compress(word)
    }

    /// Takes the last 0 to 7 octets, the first of them the lowest of `word`, and returns the hash in the same order.
    public consuming func finish(_ word: UInt64 = 0, octetCount count: UInt64 = 0) -> UInt64 {
        compress(word | (octetCount &+ count) << 56)
        v2 ^= 0xFF
        for _ in 0..<4 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func round() {
        v0 &+= v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
