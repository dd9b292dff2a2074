import DNSTesting
import DNSWire
import DNSZone
import Testing
import ZoneFiles

/// Key pairs as files have them, and what they sign.
struct LDNSKeyTests {
    @Test(arguments: [(UInt8(13), UInt16(55648)), (15, 3613)])
    func tags(_ algorithm: UInt8, _ tag: UInt16) throws {
        let key = try TestKeys.key(algorithm, zone: "example.net")
        #expect(key.tag == tag)
        #expect(key.algorithm == algorithm && key.flags == 257 && key.isEntryPoint)
        #expect(key.zone.description == "example.net.")
    }

    /// The signature of RFC 8080 §6.1 over an MX record; Ed25519 gives the same octets every time.
    @Test func rfc8080() throws {
        let key = try TestKeys.key(15, zone: "example.com")
        let zone = try Name("example.com").wire
        var octets: [UInt8] = []
        octets.append(bigEndian: UInt16(15))
        octets += [15, 2]
        for field in [3600, 1_440_021_600, 1_438_207_200] as [UInt32] { octets.append(bigEndian: field) }
        octets.append(bigEndian: UInt16(3613))
        octets += zone
        octets.appendRecord(owner: zone, type: .mx, ttl: 3600, rdata: [0, 10] + (try Name("mail.example.com").wire))
        let wire = try LDNSRecord.wire(
            "example.com. 3600 IN RRSIG MX 15 2 3600 1440021600 1438207200 3613 example.com. "
                + "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==")
        #expect(key.maker.sign(octets) == Array(wire.suffix(64)))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var publicText: String
        var privateText = TestKeys.privateText(13)
        var half = LDNSKeyError.Half.publicKey
        var says: String
        var testDescription: String { label }
    }

    private static let pair = TestKeys.publicText(13, zone: "example.net")
    static let refusals = [
        Row(label: "nothing", publicText: "", says: "not one DNSKEY"),
        Row(label: "two records", publicText: pair + pair, says: "not one DNSKEY"),
        Row(label: "another record", publicText: "example.net. IN A 192.0.2.1", says: "no DNSKEY"),
        Row(label: "no base64", publicText: "example.net. IN DNSKEY 257 3 13 !", says: "not one DNSKEY"),
        Row(label: "a zero octet", publicText: "example.net. IN DNSKEY 257 3 13 \0AA==", says: "not one DNSKEY"),
        Row(label: "RSA", publicText: "example.net. IN DNSKEY 257 3 8 AwEAAQ==", says: "algorithm 8"),
        Row(label: "revoked", publicText: TestKeys.publicText(13, zone: "a", flags: 385), says: "flags 385"),
        Row(label: "no zone's", publicText: TestKeys.publicText(13, zone: "a", flags: 0), says: "flags 0"),
        Row(label: "no private key", publicText: pair, privateText: "", half: .privateKey, says: "no private key"),
        Row(
            label: "a private key cut", publicText: pair, privateText: "Private-key-format: v1.3\nAlgorithm: 13\n",
            half: .privateKey, says: "no private key"),
        Row(
            label: "the other's private key", publicText: pair, privateText: TestKeys.privateText(15),
            half: .privateKey, says: "another key"),
    ]

    @Test(arguments: refusals) func refused(_ row: Row) {
        #expect {
            try LDNSKey.read(public: Array(row.publicText.utf8), private: Array(row.privateText.utf8))
        } throws: { error in
            guard let error = error as? LDNSKeyError else { return false }
            return error.half == row.half && error.reason.contains(row.says)
        }
    }
}
