import NetworkAddress
import Testing

struct IPAddressTextTests {
    struct Row: Sendable {
        var label: String
        var text: String
        var canonical: String?
    }

    static let readable = [
        Row(
            label: "RFC 4291 §2.2: full form", text: "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
            canonical: "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        Row(
            label: "RFC 4291 §2.2: unicast", text: "2001:DB8:0:0:8:800:200C:417A",
            canonical: "2001:db8::8:800:200c:417a"),
        Row(label: "RFC 4291 §2.2: multicast", text: "FF01:0:0:0:0:0:0:101", canonical: "ff01::101"),
        Row(label: "RFC 4291 §2.2: loopback", text: "0:0:0:0:0:0:0:1", canonical: "::1"),
        Row(label: "RFC 4291 §2.2: unspecified", text: "0:0:0:0:0:0:0:0", canonical: "::"),
        Row(label: "RFC 4291 §2.2: IPv4 in the last 32 bits", text: "::13.1.68.3", canonical: "::d01:4403"),
        Row(
            label: "RFC 4291 §2.2: IPv4-mapped", text: "0:0:0:0:0:FFFF:129.144.52.38", canonical: "::ffff:129.144.52.38"
        ),
        Row(label: "RFC 5952 §4.1: leading zeros go", text: "2001:0db8::0001", canonical: "2001:db8::1"),
        Row(label: "RFC 5952 §4.2.1: :: takes the whole run", text: "2001:db8:0:0:0:0:2:1", canonical: "2001:db8::2:1"),
        Row(
            label: "RFC 5952 §4.2.2: no :: for one group", text: "2001:db8:0:1:1:1:1:1",
            canonical: "2001:db8:0:1:1:1:1:1"),
        Row(label: "RFC 5952 §4.2.3: the longest run", text: "2001:0:0:1:0:0:0:1", canonical: "2001:0:0:1::1"),
        Row(label: "RFC 5952 §4.2.3: the first of two", text: "2001:db8:0:0:1:0:0:1", canonical: "2001:db8::1:0:0:1"),
        Row(label: "RFC 5952 §4.3: lower case", text: "2001:DB8::AAAA", canonical: "2001:db8::aaaa"),
        Row(label: ":: for one group is read", text: "1:2:3:4:5:6:7::", canonical: "1:2:3:4:5:6:7:0"),
        Row(label: "zeros at the end", text: "fd00::", canonical: "fd00::"),
        Row(label: "dotted quad", text: "10.0.162.149", canonical: "10.0.162.149"),
        Row(label: "lowest IPv4", text: "0.0.0.0", canonical: "0.0.0.0"),
        Row(label: "highest IPv4", text: "255.255.255.255", canonical: "255.255.255.255"),
    ]

    @Test(arguments: readable) func readsAndWrites(_ row: Row) throws {
        let address = try #require(IPAddress(row.text), "\(row.label)")
        #expect(address.description == row.canonical, "\(row.label)")
        #expect(IPAddress(address.description) == address, "\(row.label)")
    }

    static let refused = [
        "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4", "1..2.3",
        "1.2.3.-4",
        "+1.2.3.4", "1.2.3.0x4", "1.2.3.4/8", "localhost", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "fe80::1%eth0",
        "[::1]", "::1.2.3", "::1.2.3.256", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:1.2.3.4:5", "٣::",
    ]

    @Test(arguments: refused) func refuses(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func aMappedAddressIsNotTheIPv4Address() throws {
        let mapped = try #require(IPAddress("::ffff:10.0.0.1"))
        #expect(mapped.family == .ipv6)
        #expect(mapped != IPAddress("10.0.0.1"))
    }

    @Test func octetsAreInNetworkOrder() throws {
        #expect(try #require(IPAddress("10.0.162.149")).octets == [10, 0, 162, 149])
        let octets: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34]
        #expect(try #require(IPAddress("2001:db8::1234")).octets == octets)
        #expect(IPAddress(octets: octets) == IPAddress("2001:db8::1234"))
        #expect(IPAddress(octets: [1, 2, 3, 4]) == IPAddress("1.2.3.4"))
    }

    @Test(arguments: [0, 3, 5, 15, 17]) func otherOctetCountsAreNone(_ count: Int) {
        #expect(IPAddress(octets: Array(repeating: 1, count: count)) == nil)
    }

    @Test func orderIsFamilyThenOctets() {
        let texts = ["9.255.255.255", "10.0.0.1", "10.0.1.0", "::1", "2001:db8::", "2001:db8::1", "fd00::"]
        #expect(texts.reversed().compactMap { IPAddress($0) }.sorted().map(\.description) == texts)
    }
}
