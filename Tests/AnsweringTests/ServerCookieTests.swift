import Answering
import DNSWire
import NetworkAddress
import Testing

/// Server cookies as RFC 9018 has them, without a query around.
struct ServerCookieTests {
    /// A secret, a client and a cookie of RFC 9018, appendix A.
    struct Vector: Sendable, CustomTestStringConvertible {
        var label: String
        var secret: (low: UInt64, high: UInt64)
        var address: String
        /// Client cookie and server cookie, the latter as its first and its last eight octets.
        var octets: (client: UInt64, head: UInt64, hash: UInt64)
        var testDescription: String { label }
    }

    private static let first: (UInt64, UInt64) = (0xE5E9_73E5_A6B2_A43F, 0x48E7_DC84_9E37_BFCF)

    static let vectors = [
        Vector(
            label: "A.1, a new one", secret: first, address: "198.51.100.100",
            octets: (0x2464_C4AB_CF10_C957, 0x0100_0000_5CF7_9F11, 0x1F81_30C3_EEE2_9480)),
        Vector(
            label: "A.2, 40 minutes later", secret: first, address: "198.51.100.100",
            octets: (0x2464_C4AB_CF10_C957, 0x0100_0000_5CF7_A871, 0xD4A5_64A1_442A_CA77)),
        Vector(
            label: "A.3, with reserved octets", secret: first, address: "203.0.113.203",
            octets: (0xFC93_FC62_807D_DB86, 0x01AB_CDEF_5CF7_8F71, 0xA314_227B_6679_EBF5)),
        Vector(
            label: "A.3, renewed", secret: first, address: "203.0.113.203",
            octets: (0xFC93_FC62_807D_DB86, 0x0100_0000_5CF7_A9AC, 0xF73A_7810_ACA2_381E)),
        Vector(
            label: "A.4, of the old secret", secret: (0xDD3B_DF93_44B6_78B1, 0x85A6_F5CB_60FC_A715),
            address: "2001:db8:220:1:59de:d0f4:8769:82b8",
            octets: (0x2268_1AB9_7D52_C298, 0x0100_0000_5CF7_C579, 0x2655_6BD0_934C_72F8)),
        Vector(
            label: "A.4, of the new secret", secret: (0x4455_36BC_D251_3298, 0x075A_5D37_9663_C962),
            address: "2001:db8:220:1:59de:d0f4:8769:82b8",
            octets: (0x2268_1AB9_7D52_C298, 0x0100_0000_5CF7_C609, 0xA6BB_79D1_6625_507A)),
        Vector(
            label: "A.1, from an IPv4-mapped address", secret: first, address: "::ffff:198.51.100.100",
            octets: (0x2464_C4AB_CF10_C957, 0x0100_0000_5CF7_9F11, 0x1F81_30C3_EEE2_9480)),
    ]

    @Test(arguments: vectors) func vector(_ row: Vector) throws {
        let address = try #require(IPAddress(row.address))
        // Secrets are octets; the first of them is the lowest of its word.
        let key = SipHash.Key(low: row.secret.low.byteSwapped, high: row.secret.high.byteSwapped)
        let hash = ServerCookies.hash(row.octets.client.bigEndian, row.octets.head.bigEndian, address, key)
        #expect(hash == row.octets.hash.bigEndian)
    }

    private static let root = SipHash.Key(low: 1, high: 2)
    private static let client: UInt64 = 0x2464_C4AB_CF10_C957
    private static let address = IPAddress(ipv4: 0xC000_0201)
    /// Noon of a day.
    private static let noon: UInt32 = 20_000 * 86_400 + 43_200

    /// Version 1, reserved octets of zero, the time; and nothing of the secret's in the open (RFC 9018 §4).
    @Test func layout() {
        var cookies = ServerCookies(root: Self.root)
        let cookie = cookies.make(for: Self.client, at: Self.address, time: Self.noon)
        #expect(cookie.client == Self.client && UInt64(bigEndian: cookie.head) == 1 << 56 | UInt64(Self.noon))
    }

    /// RFC 9018 §4.3: an hour of the past, five minutes of the future.
    @Test(arguments: [
        (0, true), (3600, true), (3601, false), (86_400, false), (-300, true), (-301, false), (-86_400, false),
    ]) func age(_ seconds: Int, _ isGood: Bool) {
        var cookies = ServerCookies(root: Self.root)
        let cookie = cookies.make(for: Self.client, at: Self.address, time: Self.noon)
        let judged = cookies.isGood(cookie, from: Self.address, time: UInt32(Int(Self.noon) + seconds))
        #expect(judged == isGood)
    }

    /// Any bit that is turned, another client cookie, address or root: not ours.
    @Test func forgeries() {
        var cookies = ServerCookies(root: Self.root)
        let cookie = cookies.make(for: Self.client, at: Self.address, time: Self.noon)
        func isGood(_ cookie: Cookie, from address: IPAddress = Self.address, root: SipHash.Key = Self.root) -> Bool {
            // Another worker of the process, with whatever it has made before.
            var others = ServerCookies(root: root)
            _ = others.make(for: 1, at: Self.address, time: 0)
            return others.isGood(cookie, from: address, time: Self.noon)
        }
        #expect(isGood(cookie))
        for bit in 0..<64 as Range<UInt64> {
            var (hash, head, client) = (cookie, cookie, cookie)
            hash.hash ^= 1 << bit
            head.head ^= 1 << bit
            client.client ^= 1 << bit
            #expect(!isGood(hash) && !isGood(head) && !isGood(client), "bit \(bit)")
        }
        #expect(!isGood(cookie, from: IPAddress(ipv4: 0xC000_0202)))
        #expect(!isGood(cookie, root: SipHash.Key(low: 1, high: 3)))
    }

    /// Each day has its secret; a cookie of the evening is good until its hour is over.
    @Test func secretsRoll() {
        var cookies = ServerCookies(root: Self.root)
        let midnight = Self.noon + 43_200
        let evening = cookies.make(for: Self.client, at: Self.address, time: midnight - 60)
        let morning = cookies.make(for: Self.client, at: Self.address, time: midnight + 60)
        // The evening's secret is not used for the morning.
        var forged = evening
        forged.head = morning.head
        let judged = [evening, morning, forged, evening].map {
            cookies.isGood($0, from: Self.address, time: midnight + 60)
        }
        #expect(judged == [true, true, false, true])
        let late = cookies.isGood(morning, from: Self.address, time: midnight - 60)
        #expect(late)
    }

    /// Whoever has a day's secret has no other day's: the hash of one and the same cookie is another each day.
    @Test func secretsDiffer() {
        let secrets = (0..<64 as Range<UInt32>).map { day in
            ServerCookies.secret(of: day, Self.root)
        }
        #expect(Set(secrets).count == 64)
    }

    /// The clock of 32 bits begins anew in 2106.
    @Test func clockTurnsOver() {
        var cookies = ServerCookies(root: Self.root)
        let cookie = cookies.make(for: Self.client, at: Self.address, time: .max - 10)
        let judged = cookies.isGood(cookie, from: Self.address, time: 10)
        #expect(judged)
    }
}
