import DNSWire
import Testing

/// The vectors of "SipHash: a fast short-input PRF" (2012), appendix A, and of its reference implementation.
struct SipHashTests {
    /// Octets 0, 1, 2 … 15.
    private static let key = SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)

    @Test func vectors() {
        #expect(SipHash(Self.key).finish() == 0x726F_DB47_DD0E_0E31)
        // Octets 0 … 14.
        var hash = SipHash(Self.key)
        hash.absorb(0x0706_0504_0302_0100)
        #expect(hash.finish(0x000E_0D0C_0B0A_0908, octetCount: 7) == 0xA129_CA61_49BE_45E5)
    }
}
