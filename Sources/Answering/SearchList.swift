import DNSWire

/// The domains that a machine completes names with: the `search` or `domain` line of resolv.conf(5), the last of them.
struct SearchList: Hashable, Sendable {
    /// Kubernetes allows a Pod as many.
    private static let domainCountMax = 32

    private(set) var domains: [Name] = []

    /// What is no name, and what goes over the bound, is passed over.
    init(resolvConf octets: [UInt8]) {
        for line in octets.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let keyword = words.first,
                keyword.elementsEqual("search".utf8) || keyword.elementsEqual("domain".utf8)
            else { continue }
            domains = words.dropFirst().prefix(Self.domainCountMax)
                .compactMap { try? Name(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
