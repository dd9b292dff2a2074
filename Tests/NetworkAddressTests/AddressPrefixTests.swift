import NetworkAddress
import Testing

struct AddressPrefixTests {
    struct Row: Sendable {
        var text: String
        var canonical: String?
    }

    static let rows = [
        Row(text: "10.0.0.0/16", canonical: "10.0.0.0/16"),
        Row(text: "10.0.162.149/16", canonical: "10.0.0.0/16"),
        Row(text: "10.0.162.149", canonical: "10.0.162.149/32"),
        Row(text: "255.255.255.255/0", canonical: "0.0.0.0/0"),
        Row(text: "2001:db8:ffff:ffff::1/33", canonical: "2001:db8:8000::/33"),
        Row(text: "fd00::ffff/108", canonical: "fd00::/108"),
        Row(text: "2001:db8:0:cd30:ffff::/60", canonical: "2001:db8:0:cd30::/60"),
        Row(text: "::1", canonical: "::1/128"),
        Row(text: "ffff::1/0", canonical: "::/0"),
        Row(text: "ffff::1/64", canonical: "ffff::/64"),
        Row(text: "10.0.0.0/33", canonical: nil), Row(text: "fd00::/129", canonical: nil),
        Row(text: "10.0.0.0/", canonical: nil), Row(text: "10.0.0.0/-1", canonical: nil),
        Row(text: "10.0.0.0/+8", canonical: nil), Row(text: "10.0.0.0/8/8", canonical: nil),
        Row(text: "10.0.0/8", canonical: nil), Row(text: "/8", canonical: nil), Row(text: "", canonical: nil),
        Row(text: "10.0.0.0/99999999999999999999", canonical: nil),
    ]

    @Test(arguments: rows) func reads(_ row: Row) {
        #expect(AddressPrefix(row.text)?.description == row.canonical, "\(row.text)")
    }

    struct ContainsRow: Sendable {
        var prefix: String
        var address: String
        var isInside: Bool
    }

    static let containsRows = [
        ContainsRow(prefix: "10.0.0.0/16", address: "10.0.255.255", isInside: true),
        ContainsRow(prefix: "10.0.0.0/16", address: "10.1.0.0", isInside: false),
        ContainsRow(prefix: "0.0.0.0/0", address: "203.0.113.9", isInside: true),
        ContainsRow(prefix: "0.0.0.0/0", address: "::1", isInside: false),
        ContainsRow(prefix: "::/0", address: "::ffff:10.0.0.1", isInside: true),
        ContainsRow(prefix: "fd00::/64", address: "fd00::ffff:ffff:ffff:ffff", isInside: true),
        ContainsRow(prefix: "fd00::/64", address: "fd00:0:0:1::", isInside: false),
        ContainsRow(prefix: "fd00::/65", address: "fd00::8000:0:0:0", isInside: false),
        ContainsRow(prefix: "::1/128", address: "::1", isInside: true),
        ContainsRow(prefix: "::1/128", address: "::2", isInside: false),
    ]

    @Test(arguments: containsRows) func contains(_ row: ContainsRow) throws {
        let (prefix, address) = (try #require(AddressPrefix(row.prefix)), try #require(IPAddress(row.address)))
        #expect(prefix.contains(address) == row.isInside, "\(row.prefix) \(row.address)")
    }

    struct HostRow: Sendable {
        var prefix: String
        var count: UInt64
        var first: String?
        var last: String?
    }

    // The counts are those of Kubernetes' own allocator table (ipallocator, TestAllocateSmall and RangeSize).
    static let hostRows = [
        HostRow(prefix: "192.168.1.0/24", count: 254, first: "192.168.1.1", last: "192.168.1.254"),
        HostRow(prefix: "192.168.1.240/30", count: 2, first: "192.168.1.241", last: "192.168.1.242"),
        HostRow(prefix: "192.168.1.240/31", count: 0), HostRow(prefix: "192.168.1.240/32", count: 0),
        HostRow(prefix: "10.0.0.0/16", count: 65_534, first: "10.0.0.1", last: "10.0.255.254"),
        HostRow(prefix: "0.0.0.0/0", count: 4_294_967_294, first: "0.0.0.1", last: "255.255.255.254"),
        HostRow(prefix: "fd00::/112", count: 65_535, first: "fd00::1", last: "fd00::ffff"),
        HostRow(prefix: "fd00::/128", count: 0),
        HostRow(prefix: "fd00::/65", count: 0x7FFF_FFFF_FFFF_FFFF, first: "fd00::1", last: "fd00::7fff:ffff:ffff:ffff"),
        HostRow(prefix: "fd00::/64", count: .max, first: "fd00::1", last: "fd00::ffff:ffff:ffff:ffff"),
    ]

    @Test(arguments: hostRows) func hosts(_ row: HostRow) throws {
        let prefix = try #require(AddressPrefix(row.prefix))
        #expect(prefix.hostCount == row.count)
        #expect(prefix.host(at: 0)?.description == row.first)
        #expect(row.count == 0 || prefix.host(at: row.count - 1)?.description == row.last)
        #expect(prefix.host(at: row.count) == nil)
    }
}
