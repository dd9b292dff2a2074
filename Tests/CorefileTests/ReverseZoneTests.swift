import Corefile
import Testing

/// Address ranges as zones, cut where RFC 1035 §3.5 and RFC 3596 §2.5 put the labels, as CoreDNS does.
struct ReverseZoneTests {
    static let rows: [(prefix: String, zones: [String])] = [
        ("10.0.0.0/8", ["10.in-addr.arpa."]),
        ("10.0.0.0/15", ["0.10.in-addr.arpa.", "1.10.in-addr.arpa."]),
        ("10.0.0.0/16", ["0.10.in-addr.arpa."]),
        ("192.168.1.1/23", ["0.168.192.in-addr.arpa.", "1.168.192.in-addr.arpa."]),
        ("10.129.60.0/22", (60...63).map { "\($0).129.10.in-addr.arpa." }),
        ("10.9.3.0/18", (0...63).map { "\($0).9.10.in-addr.arpa." }),
        ("10.0.0.0/9", (0...127).map { "\($0).10.in-addr.arpa." }),
        ("10.200.0.0/9", (128...255).map { "\($0).10.in-addr.arpa." }),
        ("192.0.2.0/25", (0...127).map { "\($0).2.0.192.in-addr.arpa." }),
        ("192.0.2.254/31", ["254.2.0.192.in-addr.arpa.", "255.2.0.192.in-addr.arpa."]),
        ("192.0.2.1/32", ["1.2.0.192.in-addr.arpa."]),
        ("0.0.0.0/0", ["in-addr.arpa."]), ("0.0.0.0/7", (0...1).map { "\($0).in-addr.arpa." }),
        ("::/0", ["ip6.arpa."]), ("8000::/1", "89abcdef".map { "\($0).ip6.arpa." }),
        ("2001:db8::/32", ["8.b.d.0.1.0.0.2.ip6.arpa."]),
        ("2001:db8::/31", ["8.b.d.0.1.0.0.2.ip6.arpa.", "9.b.d.0.1.0.0.2.ip6.arpa."]),
        ("2001:db8::/30", "89ab".map { "\($0).b.d.0.1.0.0.2.ip6.arpa." }),
        ("2001:db8::/29", "89abcdef".map { "\($0).b.d.0.1.0.0.2.ip6.arpa." }),
        ("2001:db8::/112", [String(repeating: "0.", count: 20) + "8.b.d.0.1.0.0.2.ip6.arpa."]),
        ("2001:db8::/115", "01".map { "\($0)." + String(repeating: "0.", count: 20) + "8.b.d.0.1.0.0.2.ip6.arpa." }),
        ("fd00::1/128", ["1." + String(repeating: "0.", count: 29) + "d.f.ip6.arpa."]),
    ]

    @Test(arguments: rows) func zones(_ row: (prefix: String, zones: [String])) throws {
        #expect(try word(row.prefix).zones() == row.zones)
    }
}
