import DNSWire
package import DNSZone

/// A zone's key pair in the two files that BIND's `dnssec-keygen` and `ldns-keygen` write.
package enum LDNSKey {
    /// Octets of either file; longer ones are refused unseen.
    package static let octetCountMax = 1 << 16

    /// Reads the texts of `K<zone>+<algorithm>+<tag>.key` and `.private`.
    ///
    /// Throws where a text is none, the algorithm is not one of those zones are signed with here, or the two are not a
    /// pair; the reason ends a sentence that begins with the file.
    package static func read(public publicText: [UInt8], private privateText: [UInt8]) throws(LDNSKeyError)
        -> SigningKey
    {
        let record = try publicRecord(publicText)
        guard record.rdata.count > 4, record.type == .dnskey else {
            throw LDNSKeyError(.publicKey, "holds no DNSKEY record")
        }
        let algorithm = record.rdata[3]
        guard [SigningKey.Algorithm.ecdsaP256, SigningKey.Algorithm.ed25519].contains(algorithm) else {
            throw LDNSKeyError(
                .publicKey, "has a key of algorithm \(algorithm); make one with ECDSAP256SHA256 (13) or ED25519 (15)")
        }
        let flags = UInt16(record.rdata[0]) << 8 | UInt16(record.rdata[1])
        guard flags & SigningKey.Flag.zone != 0, flags & SigningKey.Flag.revoked == 0, record.rdata[2] == 3 else {
            throw LDNSKeyError(.publicKey, "has a key that is revoked, or no zone's (flags \(flags))")
        }
        guard let handle = LDNSKeyHandle(privateText, owner: record.owner, flags: flags) else {
            throw LDNSKeyError(.privateKey, "holds no private key that libldns can read")
        }
        guard handle.dnskey == record.rdata else {
            throw LDNSKeyError(.privateKey, "holds another key than the .key file beside it")
        }
        guard let key = SigningKey(zone: record.owner, dnskey: record.rdata, maker: handle) else {
            throw LDNSKeyError(.publicKey, "holds no DNSKEY record")
        }
        return key
    }

    /// The one record of the text, comments aside.
    private static func publicRecord(_ text: [UInt8]) throws(LDNSKeyError) -> ZoneRecord {
        let lines = text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            .map { $0.prefix { $0 != UInt8(ascii: ";") } }
            .filter { !$0.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
        guard lines.count == 1, text.count <= octetCountMax else {
            throw LDNSKeyError(.publicKey, "is not one DNSKEY record")
        }
        do throws(LDNSError) {
            let wire = try LDNSRecord.wire(String(decoding: lines[0], as: UTF8.self))
            var at = 0
            guard let record = try? DNSMessage.Record(reading: wire.rawSpan, at: &at) else {
                throw LDNSError(reason: "is no record", place: 1)
            }
            return ZoneRecord(owner: record.owner, type: record.type, ttl: record.ttl, rdata: record.rdata)
        } catch {
            throw LDNSKeyError(.publicKey, "is not one DNSKEY record (\(error.reason))")
        }
    }
}

/// Which of the two files of a key is at fault, and why.
package struct LDNSKeyError: Error, Hashable, Sendable {
    package enum Half: Sendable { case publicKey, privateKey }

    package var half: Half
    package var reason: String

    init(_ half: Half, _ reason: String) {
        self.half = half
        self.reason = reason
    }
}
