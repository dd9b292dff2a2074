import DNSWire
import Testing

@testable import DNSZone

/// The hash of NSEC3 (RFC 5155 §5) at every edge of its blocks.
struct SHA1Tests {
    private static func hex(_ octets: [UInt8], salt: [UInt8] = [], iterations: Int = 0) -> String {
        let digest = SHA1Digest.ofName(octets.span.bytes, salt: salt, iterations: iterations)
        return [digest.a, digest.b, digest.c, digest.d, digest.e].map { word in
            String(repeating: "0", count: word.leadingZeroBitCount / 4 - (word == 0 ? 1 : 0)) + String(word, radix: 16)
        }.joined()
    }

    /// FIPS 180-2, appendices A.1 and A.2.
    @Test(arguments: [
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
    ])
    func standard(_ text: String, _ want: String) {
        #expect(Self.hex(Array(text.utf8)) == want)
    }

    /// So many letters a, as sha1sum has them: a block of 64 octets ends with 0x80 and eight octets of the length.
    @Test(arguments: [
        (0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (1, "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        (54, "b05d71c64979cb95fa74a33cdb31a40d258ae02e"),
        (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        (57, "f08f24908d682555111be7ff6f004e78283d989a"),
        (58, "5ee0f8895f4e1aae6a6661de5c432e34188a5a2d"),
        (59, "dbc8b8f59ff85a2b1448ed873484b14bf0507246"),
        (60, "13d956033d9af449bfe2c4ef78c17c20469c4bf1"),
        (61, "aeab141db28af3353283b5ccb2a322df0b9b5f56"),
        (62, "67b4b3923fa178d788a9611b76446c96431071f2"),
        (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
        (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        (65, "11655326c708d70319be2610e8a57d9a5b959d3b"),
        (119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"),
        (120, "f34c1488385346a55709ba056ddd08280dd4c6d6"),
        (123, "c78e6ef1050c8626772a175c11d0acc5ebc33326"),
        (124, "29d2b14f43c797d078249ea7968fd19ea2a3608c"),
        (127, "89d95fa32ed44a7c610b7ee38517ddf57e0bb975"),
        (128, "ad5b3fdbcb526778c2839d2f151ea753995e26a0"),
    ])
    func lengths(_ count: Int, _ want: String) {
        #expect(Self.hex([UInt8](repeating: 0x61, count: count)) == want)
    }

    /// RFC 5155, Appendix A: salt AABBCCDD, 12 iterations; in hexadecimal, where the RFC has base 32.
    @Test(arguments: [
        ("example.", "065368abeed7ec6e9feba96b8c8bc3e8b791f716"),
        ("a.example.", "196dd8c3306783a8190f52c262d2b7e5e836e7f5"),
        ("ai.example.", "84dda71446cd56f0c116a57254baef69d09bce12"),
        ("ns1.example.", "174eb2409fe28bcb4887a1836f957f0a8425e27b"),
        ("w.example.", "a23cd75bf90cc4f3ba069b979e04ffc8ee891511"),
        ("*.w.example.", "d946bd1d8c17bf6f2dfe2e196b1b2edf13da25d7"),
        ("xx.example.", "e988472f544ae4b65d4839212fecd3c4cc2b563f"),
    ])
    func names(_ name: String, _ want: String) throws {
        let wire = try Name(name).wire
        #expect(Self.hex(wire, salt: [0xAA, 0xBB, 0xCC, 0xDD], iterations: 12) == want)
    }
}
