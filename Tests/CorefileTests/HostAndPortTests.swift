import Corefile
import NetworkAddress
import Testing

/// Where to listen, and whom to talk to.
struct HostAndPortTests {
    static let rows: [(written: String, host: HostAndPort.Host, port: UInt16)] = [
        (":8080", .any, 8_080), ("127.0.0.1:9153", .address(IPAddress(ipv4: 0x7F00_0001)), 9_153),
        ("[::1]:53", .address(IPAddress(high: 0, low: 1)), 53), ("localhost:9153", .name("localhost"), 9_153),
        ("127.0.0.1", .address(IPAddress(ipv4: 0x7F00_0001)), 99), ("::1", .address(IPAddress(high: 0, low: 1)), 99),
        ("[::1]", .address(IPAddress(high: 0, low: 1)), 99), ("dns.example", .name("dns.example"), 99),
        ("node-1_a:65535", .name("node-1_a"), 65_535),
    ]

    @Test(arguments: rows) func hostAndPort(_ row: (written: String, host: HostAndPort.Host, port: UInt16)) throws {
        let want = HostAndPort(host: row.host, port: row.port)
        #expect(try word(row.written).addressAndPort(defaultPort: 99) == want)
        if row.port != 99 { #expect(want.description == row.written) }
    }

    static let refusals = [
        "", ":", ":0", ":65536", ":http", "8080", "127.0.0.1:", "1.2.3:53", "256.0.0.1:53", "[::1]53", "[127.0.0.1]:53",
        "::1:99999", "[::1:53", "a b:53", "é:53", "http://x:53", "[]:53",
    ]

    @Test(arguments: refusals) func refused(_ written: String) {
        #expect(throws: CorefileError.self) { try word(written).addressAndPort(defaultPort: 99) }
    }

    @Test(arguments: ["127.0.0.1", "::1", "[::1]", "localhost"]) func aPortIsMissing(_ written: String) throws {
        let error = try #require(refusal { try word(written).addressAndPort() })
        #expect(error.message.contains("has no port"))
    }
}
