import Corefile
import Testing

/// Keys as they are written: `[scheme://]zone[:port]`.
struct ServerBlockKeyTests {
    static let rows: [(written: String, want: [String])] = [
        (".", ["dns://.:53"]), (".:1053", ["dns://.:1053"]), (":53", ["dns://.:53"]),
        ("Example.ORG", ["dns://example.org.:53"]), ("example.org.:53", ["dns://example.org.:53"]),
        ("dns://.", ["dns://.:53"]), ("tls://example.org", ["tls://example.org.:853"]),
        ("quic://.", ["quic://.:853"]), ("https://.", ["https://.:443"]), ("https3://.", ["https3://.:443"]),
        ("grpc://.", ["grpc://.:443"]), ("TLS://.:8853", ["tls://.:8853"]),
        ("a, b", ["dns://a.:53", "dns://b.:53"]), ("a,\nb,\nc", ["dns://a.:53", "dns://b.:53", "dns://c.:53"]),
        ("a , b:54", ["dns://a.:53", "dns://b.:54"]), ("tls://a dns://a", ["tls://a.:853", "dns://a.:53"]),
        (#"a\.b.example"#, [#"dns://a\.b.example.:53"#]), (#"\065\100c"#, ["dns://adc.:53"]),
        (#"a\000"#, [#"dns://a\000.:53"#]), ("é.example", [#"dns://\195\169.example.:53"#]),
        ("128/26.2.0.192.in-addr.arpa", ["dns://128/26.2.0.192.in-addr.arpa.:53"]),
        ("10.0.0.0/24", ["dns://0.0.10.in-addr.arpa.:53"]), ("10.0.0.0/8:54", ["dns://10.in-addr.arpa.:54"]),
        ("2001:db8::/32", ["dns://8.b.d.0.1.0.0.2.ip6.arpa.:53"]),
        ("tls://2001:db8::/31:54", ["tls://8.b.d.0.1.0.0.2.ip6.arpa.:54", "tls://9.b.d.0.1.0.0.2.ip6.arpa.:54"]),
    ]

    @Test(arguments: rows) func keys(_ row: (written: String, want: [String])) throws {
        let block = try parse(row.written + " {\n}").serverBlocks.first
        #expect(block?.keys.map(\.description) == row.want)
    }

    static let refusals: [(written: String, says: String)] = [
        (".:0", "1 to 65535"), (".:65536", "1 to 65535"), (".:", "no port"), (".:dns", "no port"), (".:-1", "no port"),
        (".:00053x", "no port"), ("http://.", "unknown scheme"), ("://.", "unknown scheme"), ("::1", "ADDRESS/LENGTH"),
        ("10.0.0.0/33", "0 to 32"), ("2001:db8::/129", "0 to 128"), ("10.0.0.0/", "0 to 32"), ("a:b/c", "found \":\""),
        ("10.0.0.0/8/9", "0 to 32"), ("a..b", "label is empty"), (".a", "label is empty"), ("a..", "label is empty"),
        (String(repeating: "a", count: 64), "longer than 63"), (#"a\"#, "backslash"), (#"a\25"#, "backslash"),
        (#"a\256"#, "backslash"),
        (Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: "."), "255"),
    ]

    @Test(arguments: refusals) func refused(_ row: (written: String, says: String)) throws {
        let error = try #require(refusal { try parse("x \(row.written) {\n}") })
        #expect(error.position.description == "Corefile:1:3")
        #expect(error.message.contains(row.says), "\(error)")
    }

    @Test func theLongestName() throws {
        let labels = [63, 63, 63, 61].map { String(repeating: "a", count: $0) }
        #expect(try word(labels.joined(separator: ".")).zone().utf8.count == 254)
    }

    @Test func aDefaultPortIsForPlainDNS() throws {
        let keys = try parse("a b:54 tls://c {\n}", defaultPort: 1053).serverBlocks.first?.keys
        #expect(keys?.map(\.port) == [1053, 54, 853])
    }

    @Test func zonesOfABlock() throws {
        let block = try parse("a tls://a B:54 10.0.0.0/15 {\n}").serverBlocks.first
        #expect(block?.zones == ["a.", "b.", "0.10.in-addr.arpa.", "1.10.in-addr.arpa."])
        #expect(block?.keys.last?.text == "10.0.0.0/15")
        #expect(block?.keys.last?.position.column == 16)
    }
}
