import DNSWire
import TSIG
import Testing

/// Signatures against those of another program (RFC 8945).
struct TSIGTests {
    static let time: UInt64 = 1_700_000_000
    static let algorithms = TSIGAlgorithm.allCases.map(\.rawValue)

    static func octets(_ hex: String?) throws -> [UInt8] {
        let digits = Array(try #require(hex))
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
        }
    }

    static func key(_ secret: [UInt8] = Array(0..<32), name: String = "key.example.") throws -> TSIGKey {
        TSIGKey(name: try Name(name), secret: secret)
    }

    static func verify(_ message: [UInt8], _ key: TSIGKey, now: UInt64 = time) throws -> TSIGRequest {
        var keyring = TSIGKeyring()
        _ = keyring.insert(key)
        let place = try #require(try Self.place(in: message))
        return TSIGRequest.verify(message.rawSpan, signatureAt: place, by: keyring, now: now)
    }

    static func place(in octets: [UInt8]) throws -> Int? { try TSIGRecord.place(in: octets.rawSpan) }

    static func take(_ octets: [UInt8], _ response: inout TSIGResponse, now: UInt64 = time) throws {
        try response.verify(octets.rawSpan, now: now)
    }

    static func signature(of octets: [UInt8], _ signer: inout TSIGSigner) -> TSIGRecord {
        signer.signature(of: octets.rawSpan, now: time)
    }

    /// What became of a request, in a word.
    static func word(_ request: TSIGRequest) -> String {
        switch request {
        case .verified: "good"
        case .unsigned(let record): "NOTAUTH \(record.error.rawValue)\(record.mac.isEmpty ? "" : " signed")"
        case .late: "NOTAUTH 18 signed"
        case .malformed: "FORMERR"
        }
    }

    @Test(arguments: algorithms) func requests(_ algorithm: String) throws {
        let message = try Self.octets(TSIGVectors.requests[algorithm])
        #expect(Self.word(try Self.verify(message, try Self.key())) == "good")
        for (now, want) in [(-301, "NOTAUTH 18 signed"), (-300, "good"), (300, "good"), (301, "NOTAUTH 18 signed")] {
            let verdict = try Self.verify(message, try Self.key(), now: UInt64(Int(Self.time) + now))
            #expect(Self.word(verdict) == want, "\(now) s")
        }
        // A day later (CVE-2017-11104).
        #expect(Self.word(try Self.verify(message, try Self.key(), now: Self.time + 86_400)) == "NOTAUTH 18 signed")
        #expect(Self.word(try Self.verify(message, try Self.key(Array(1..<33)))) == "NOTAUTH 16")
        #expect(Self.word(try Self.verify(message, try Self.key(name: "other.example."))) == "NOTAUTH 17")
    }

    @Test func otherAlgorithms() throws {
        let message = try Self.octets(TSIGVectors.requests["hmac-md5.sig-alg.reg.int"])
        #expect(Self.word(try Self.verify(message, try Self.key())) == "NOTAUTH 17")
        let other = try Self.octets(TSIGVectors.requests["hmac-sha256"])
        var key = try Self.key()
        key.algorithm = .sha512
        #expect(Self.word(try Self.verify(other, key)) == "NOTAUTH 17")
    }

    /// Every octet but those of the ID and of the signature's own TYPE, CLASS, TTL and lengths is signed.
    @Test func everyOctetCounts() throws {
        let message = try Self.octets(TSIGVectors.requests["hmac-sha256"])
        let key = try Self.key()
        for index in 2..<message.count {
            var changed = message
            changed[index] ^= 0x01
            guard let place = try? Self.place(in: changed) else { continue }
            var keyring = TSIGKeyring()
            _ = keyring.insert(key)
            let verdict = TSIGRequest.verify(changed.rawSpan, signatureAt: place, by: keyring, now: Self.time)
            #expect(Self.word(verdict) != "good", "octet \(index)")
        }
    }

    @Test(arguments: algorithms) func truncatedSignatures(_ algorithm: String) throws {
        let message = try Self.octets(TSIGVectors.requests[algorithm])
        let place = try #require(try Self.place(in: message))
        let record = try TSIGRecord(reading: message.rawSpan, at: place)
        let half = record.mac.count / 2
        for count in 0...record.mac.count {
            var cut = record
            cut.mac = Array(record.mac.prefix(count))
            let verdict = try Self.verify(message.prefix(place) + cut.wire, try Self.key())
            let want = count < half ? "FORMERR" : count < record.mac.count ? "NOTAUTH 22" : "good"
            #expect(Self.word(verdict) == want, "\(count) octets")
        }
        var long = record
        long.mac.append(0)
        #expect(Self.word(try Self.verify(message.prefix(place) + long.wire, try Self.key())) == "FORMERR")
    }

    @Test func everyCutIsNoSignature() throws {
        let message = try Self.octets(TSIGVectors.requests["hmac-sha384"])
        for count in 12..<message.count {
            let cut = Array(message.prefix(count))
            #expect(throws: WireError.self, "\(count) octets") { try Self.place(in: cut) }
        }
    }

    /// What this side signs is what the other program signed.
    @Test(arguments: algorithms) func signsAlike(_ algorithm: String) throws {
        let message = try Self.octets(TSIGVectors.requests[algorithm])
        let place = try #require(try Self.place(in: message))
        let record = try TSIGRecord(reading: message.rawSpan, at: place)
        var key = try Self.key()
        key.algorithm = TSIGAlgorithm(rawValue: algorithm)
        var signer = TSIGSigner(key)
        var plain = Array(message.prefix(place))
        plain[11] = 0
        let signed = Self.signature(of: plain, &signer)
        #expect(signed == record)
    }

    @Test(arguments: algorithms) func responses(_ algorithm: String) throws {
        let messages = try (TSIGVectors.responses[algorithm] ?? []).map { try Self.octets($0) }
        #expect(messages.count == 3)
        var response = try Self.response(algorithm)
        for message in messages {
            try response.verify(message.rawSpan, now: Self.time)
            #expect(response.isSettled)
        }
        // One that is left out, or comes twice.
        var other = try Self.response(algorithm)
        try Self.take(messages[0], &other)
        #expect(throws: TSIGFailure.badSignature) { try Self.take(messages[2], &other, now: Self.time) }
        var twice = try Self.response(algorithm)
        try Self.take(messages[0], &twice)
        #expect(throws: TSIGFailure.badSignature) { try Self.take(messages[0], &twice, now: Self.time) }
        var late = try Self.response(algorithm)
        #expect(throws: TSIGFailure.badTime) { try Self.take(messages[0], &late, now: Self.time + 301) }
    }

    /// The server's side: what it signs in answer to the request is what the other program signed.
    @Test(arguments: algorithms) func respondsAlike(_ algorithm: String) throws {
        guard
            case .verified(var signer) = try Self.verify(
                try Self.octets(TSIGVectors.requests[algorithm]), try Self.key())
        else { throw TSIGFailure.badSignature }
        for text in TSIGVectors.responses[algorithm] ?? [] {
            let message = try Self.octets(text)
            let place = try #require(try Self.place(in: message))
            var plain = Array(message.prefix(place))
            plain[11] = 0
            let record = try TSIGRecord(reading: message.rawSpan, at: place)
            let signed = Self.signature(of: plain, &signer)
            #expect(signed == record)
        }
    }

    /// Up to 99 messages in a row need no signature; the first does.
    @Test func gaps() throws {
        var request = TSIGSigner(try Self.key())
        let plain = [UInt8](repeating: 0, count: 12)
        _ = request.signature(of: plain.rawSpan, now: Self.time)
        var response = TSIGResponse(to: request)
        #expect(throws: TSIGFailure.missing) { try Self.take(plain, &response, now: Self.time) }
        let messages = try (TSIGVectors.responses["hmac-sha256"] ?? []).map { try Self.octets($0) }
        var long = try Self.response("hmac-sha256")
        try Self.take(messages[0], &long)
        for _ in 0..<99 { try Self.take(plain, &long, now: Self.time) }
        #expect(!long.isSettled)
        #expect(throws: TSIGFailure.missing) { try Self.take(plain, &long, now: Self.time) }
    }

    private static func response(_ algorithm: String) throws -> TSIGResponse {
        let message = try octets(TSIGVectors.requests[algorithm])
        let place = try #require(try Self.place(in: message))
        var plain = Array(message.prefix(place))
        plain[11] = 0
        var key = try key()
        key.algorithm = TSIGAlgorithm(rawValue: algorithm)
        var request = TSIGSigner(key)
        _ = request.signature(of: plain.rawSpan, now: time)
        return TSIGResponse(to: request)
    }
}

/// Files of keys as BIND writes them.
struct TSIGKeyFileTests {
    @Test func keys() throws {
        let text = """
            # made by tsig-keygen
            key "a.example." { algorithm hmac-sha512; secret "AAECAw=="; }; // one
            /* two
            lines */ key b { secret AAEC; };
            """
        let keys = try TSIGKeyFile.keys(in: Array(text.utf8))
        #expect(
            keys == [
                TSIGKey(name: try Name("a.example."), algorithm: .sha512, secret: [0, 1, 2, 3]),
                TSIGKey(name: try Name("b."), secret: [0, 1, 2]),
            ])
    }

    @Test(arguments: [
        ("zone x { };", 1), ("key a { secret AAEC };", 1), ("key a {\nalgorithm hmac-md5; secret AAEC; };", 2),
        ("key a {\n\nsecret \"A\"; };", 3), ("key a { };", 1), ("key \"a", 1), ("\nkey a { colour red; };", 2),
    ]) func refusals(_ text: String, _ line: Int) {
        #expect { try TSIGKeyFile.keys(in: Array(text.utf8)) } throws: { ($0 as? TSIGKeyFileError)?.line == line }
    }

    @Test func base64() {
        let rows: [(String, [UInt8])] = [
            ("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
        ]
        for (text, octets) in rows { #expect(Base64.octets(text) == octets) }
        for text in ["Z", "Zg", "Zg=", "Zg=a", "Zm9v=", "=", "====", "Zm9*"] { #expect(Base64.octets(text) == nil) }
    }
}
