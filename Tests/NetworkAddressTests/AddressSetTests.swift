import NetworkAddress
import Testing

/// Ranges of addresses in one set.
struct AddressSetTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var prefixes: String
        var inside: String
        var outside: String
        var testDescription: String { prefixes }
    }

    @Test(arguments: [
        Row(prefixes: "10.0.0.0/8", inside: "10.0.0.0 10.255.255.255", outside: "9.255.255.255 11.0.0.0 a00::"),
        Row(
            prefixes: "10.1.0.0/16 10.0.0.0/8 192.0.2.7 10.1.2.0/24", inside: "10.1.2.3 10.200.0.1 192.0.2.7",
            outside: "192.0.2.6 192.0.2.8 172.16.0.1"),
        Row(prefixes: "0.0.0.0/0", inside: "0.0.0.0 255.255.255.255", outside: ":: ffff::"),
        Row(
            prefixes: "::/0", inside: ":: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: "0.0.0.0 255.255.255.255"),
        Row(
            prefixes: "fd00::/64 fd00:0:0:1::/65", inside: "fd00::ffff:ffff:ffff:ffff fd00:0:0:1:7fff::",
            outside: "fd00:0:0:1:8000:: fcff::"),
        Row(prefixes: "", inside: "", outside: "0.0.0.0 ::"),
    ])
    func contains(_ row: Row) {
        let set = AddressSet(row.prefixes.split(separator: " ").compactMap { AddressPrefix($0) })
        for text in row.inside.split(separator: " ") { #expect(IPAddress(text).map(set.contains) == true, "\(text)") }
        for text in row.outside.split(separator: " ") { #expect(IPAddress(text).map(set.contains) == false, "\(text)") }
    }

    @Test func all() {
        for text in ["0.0.0.0", "255.255.255.255", "::", "ffff::1"] {
            #expect(IPAddress(text).map(AddressSet.all.contains) == true)
        }
    }

    @Test(arguments: [
        ("::ffff:192.0.2.1", "192.0.2.1"), ("192.0.2.1", "192.0.2.1"), ("::fffe:192.0.2.1", "::fffe:c000:201"),
        ("1::ffff:192.0.2.1", "1::ffff:c000:201"),
    ])
    func unmapped(_ text: String, _ want: String) { #expect(IPAddress(text)?.unmapped.description == want) }

    @Test(arguments: [
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:0:0/95", "::fffe:0:0/95"), ("10.0.0.0/8", "10.0.0.0/8"),
    ])
    func unmappedPrefix(_ text: String, _ want: String) {
        #expect(AddressPrefix(text)?.unmapped.description == want)
    }
}
