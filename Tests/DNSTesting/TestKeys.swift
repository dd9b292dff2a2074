package import Answering
package import DNSZone
import ZoneFiles

/// The key pairs that RFCs print, as keys of any zone.
package enum TestKeys {
    /// Flags, and both halves: RFC 6605 §6.1 and RFC 8080 §6.1.
    private static let pairs: [UInt8: (dnskey: String, privateKey: String)] = [
        13: (
            "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
            "GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ="
        ),
        15: ("l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI="),
    ]

    /// The key of algorithm 13 or 15; throws where libldns does not take it.
    package static func key(_ algorithm: UInt8, zone: String, flags: UInt16 = 257) throws -> SigningKey {
        try LDNSKey.read(
            public: Array(publicText(algorithm, zone: zone, flags: flags).utf8),
            private: Array(privateText(algorithm).utf8))
    }

    package static func publicText(_ algorithm: UInt8, zone: String, flags: UInt16 = 257) -> String {
        "; made for a test\n\(zone). IN DNSKEY \(flags) 3 \(algorithm) \(pairs[algorithm]?.dnskey ?? "")\n"
    }

    package static func privateText(_ algorithm: UInt8) -> String {
        """
        Private-key-format: v1.3
        Algorithm: \(algorithm) (\(algorithm == 13 ? "ECDSAP256SHA256" : "ED25519"))
        PrivateKey: \(pairs[algorithm]?.privateKey ?? "")

        """
    }
}

extension ConfigurationEnvironment {
    /// As `testing`; a key file `ALGORITHM/FLAGS/ZONE` is the RFC's key of that algorithm.
    package static func signing(clock: @escaping @Sendable () -> Int64) -> ConfigurationEnvironment {
        var environment = testing
        environment.wallClock = clock
        environment.readKeys = { path, _ in
            let words = path.split(separator: "/").suffix(3).map(String.init)
            guard words.count == 3, let algorithm = UInt8(words[0]), let flags = UInt16(words[1]),
                let key = try? TestKeys.key(algorithm, zone: words[2], flags: flags)
            else { return .failure(RecordFault(reason: "cannot be used: it is no key of a test")) }
            return .success(KeyFiles(keys: [key], files: [path]))
        }
        return environment
    }
}
