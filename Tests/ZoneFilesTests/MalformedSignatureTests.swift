import DNSTesting
import DNSWire
import DNSZone
import Testing
import ZoneFiles

/// DNSKEY, RRSIG, NSEC and DS records that are damaged: refused or read, but never the end (robustness fact 83).
struct MalformedSignatureTests {
    private static let lines = [
        "example. 60 IN DNSKEY 257 3 13 "
            + "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
        "example. 60 IN RRSIG MX 15 2 3600 1440021600 1438207200 3613 example. "
            + "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==",
        "example. 60 IN NSEC a.example. A NS SOA RRSIG NSEC DNSKEY TYPE1234",
        "example. 60 IN DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b",
    ]

    /// Octets changed and cut, in messages that libldns verifies and in the readers of our own.
    @Test func octets() throws {
        var random = SplitMix64(seed: 83)
        let keys = [try TestKeys.key(13, zone: "example"), try TestKeys.key(15, zone: "example")]
        for line in Self.lines {
            let record = try LDNSRecord.wire(line)
            for _ in 0..<2000 {
                var wire = record
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    wire[Int.random(in: wire.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { wire.removeLast(Int.random(in: 0..<wire.count, using: &random)) }
                let header: [UInt8] = [0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0]
                let message = header + record + wire
                // libldns sees nothing that our own reader has refused.
                if (try? DNSMessage(reading: message.rawSpan)) != nil {
                    _ = try? LDNSMessage(message)
                    _ = try? LDNSMessage.signatures(in: message, keys: keys, at: 1_440_000_000)
                }
                let rdata = Array(wire.dropFirst(19))
                let owner = try Name("example")
                let signature = ZoneRecord(owner: owner, type: .rrsig, ttl: 60, rdata: rdata)
                #expect(SignatureExpiry.check([signature], at: 0).signatureCount <= 1)
                if let key = SigningKey(zone: owner, dnskey: rdata, maker: keys[0].maker) {
                    _ = try? LDNSKey.records(of: key)
                }
            }
        }
    }

    /// Characters changed in a master file and in the text of a key.
    @Test func texts() throws {
        var random = SplitMix64(seed: 1_083)
        let apex = try Name("example")
        for line in Self.lines {
            for _ in 0..<500 {
                var text = Array(line.utf8)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    text[Int.random(in: text.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                let zone = Array("example. 60 IN SOA a. b. 1 2 3 4 5\nexample. 60 IN NS a.\n".utf8) + text + [10]
                _ = ZoneFile.read(text: zone, named: "db", apex: apex)
                _ = try? LDNSKey.read(public: text, private: Array(TestKeys.privateText(13).utf8))
            }
        }
    }
}
