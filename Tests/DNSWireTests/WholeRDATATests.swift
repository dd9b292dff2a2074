import DNSWire
import Testing

/// Records of upstreams whose RDATA is not what their type says are not passed on.
struct WholeRDATATests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var type: RRType
        var rdata: [UInt8]
        var isWhole: Bool

        var testDescription: String { label }
    }

    static let rows = [
        Row(label: "CAA 0 issue \"a\"", type: .caa, rdata: [0, 5] + Array("issuea".utf8), isWhole: true),
        Row(label: "CAA with an empty value", type: .caa, rdata: [0, 5] + Array("issue".utf8), isWhole: true),
        Row(label: "CAA whose tag is cut", type: .caa, rdata: [0, 5] + Array("issu".utf8), isWhole: false),
        Row(label: "CAA without a tag", type: .caa, rdata: [0, 0, 0x61], isWhole: false),
        Row(label: "CAA with a tag of no letter", type: .caa, rdata: [1, 1, 1, 1], isWhole: false),
        Row(label: "CAA of one octet", type: .caa, rdata: [0], isWhole: false),
        Row(label: "HTTPS 1 . alpn=h2", type: .https, rdata: [0, 1, 0, 0, 1, 0, 3, 2, 0x68, 0x32], isWhole: true),
        Row(label: "SVCB 0 a.", type: .svcb, rdata: [0, 0, 1, 0x61, 0], isWhole: true),
        Row(label: "SVCB whose target is cut", type: .svcb, rdata: [0, 0, 1, 0x61], isWhole: false),
        Row(label: "SVCB whose value is cut", type: .svcb, rdata: [0, 1, 0, 0, 1, 0, 3, 2, 0x68], isWhole: false),
        Row(label: "SVCB whose key is cut", type: .svcb, rdata: [0, 1, 0, 0, 1, 0], isWhole: false),
        Row(
            label: "SVCB with keys out of order", type: .svcb, rdata: [0, 1, 0, 0, 3, 0, 2, 0, 53, 0, 1, 0, 0],
            isWhole: false),
        Row(label: "SVCB with a key twice", type: .svcb, rdata: [0, 1, 0, 0, 3, 0, 0, 0, 3, 0, 0], isWhole: false),
    ]

    @Test(arguments: rows) func rdata(_ row: Row) throws {
        var octets: [UInt8] = [0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        octets.appendRecord(owner: [1, 0x78, 0], type: row.type, ttl: 60, rdata: row.rdata)
        let message = try? DNSMessage(reading: octets.rawSpan)
        #expect((message != nil) == row.isWhole)
    }
}
