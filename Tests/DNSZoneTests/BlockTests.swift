import DNSWire
import DNSZone
import Testing

/// What goes into a block comes out of it.
struct BlockTests {
    private static let owner = "Web.Shop.svc"

    private static let rrsets = [
        RRset(type: .a, ttl: 5, rdatas: [[10, 0, 0, 1], [10, 0, 0, 2]]),
        RRset(
            type: .srv, ttl: 30, rdatas: [[0, 0, 0, 50, 0, 80, 1, 0x61, 0], [0, 0, 0, 50, 0, 80, 2, 0x62, 0x63, 0]],
            glue: [.init(record: 1, type: .a, rdata: [10, 0, 0, 3])]),
    ]

    @Test func everyRRset() throws {
        let octets = NameBlockBuilder.build(owner: try Name(Self.owner), rrsets: Self.rrsets)
        #expect(octets.count % 8 == 0)
        let block = NameBlock(startingIn: octets.rawSpan)
        #expect(Self.array(block.name) == [3, 0x77, 0x65, 0x62, 4, 0x73, 0x68, 0x6F, 0x70, 3, 0x73, 0x76, 0x63, 0])
        #expect(block.rrsetCount == 2 && block.octets.byteCount == octets.count)
        let a = Self.records(block, .a)
        // Owner pointer to offset 12, TYPE, CLASS, TTL, RDLENGTH, RDATA (RFC 1035 §3.2.1).
        #expect(
            a == [
                0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 0, 0, 1, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 0, 0,
                2,
            ])
        let srv = Self.records(block, .srv) ?? []
        #expect(srv.count == 12 + 9 + 12 + 10 && srv[9] == 30)
        #expect(Self.records(block, .aaaa) == nil && Self.records(block, .a, hidden: true) == nil)
    }

    @Test func sizesAndGlue() throws {
        let octets = NameBlockBuilder.build(owner: try Name(Self.owner), rrsets: Self.rrsets)
        let block = NameBlock(startingIn: octets.rawSpan)
        let a = block.rrset(at: 0)
        #expect(a.recordSize == 16 && a.recordCount == 2 && a.glueCount == 0)
        let srv = block.rrset(at: 1)
        #expect(srv.recordSize == 0 && srv.recordCount == 2 && srv.glueCount == 1)
        // The target of the second record: behind the first record of 21 octets, a header of 12 and six of SRV.
        #expect(Int(srv.glue[word16: 0]) == 21 + 12 + 6)
    }

    @Test func emptyNonTerminal() throws {
        let octets = NameBlockBuilder.build(owner: .root, rrsets: [])
        let block = NameBlock(startingIn: octets.rawSpan)
        #expect(block.rrsetCount == 0 && block.nameOctetCount == 1)
        #expect(Self.records(block, .a) == nil && block.octets.byteCount == octets.count)
    }

    /// A message cannot carry more, so neither does a block.
    @Test func recordsPastSixtyFourKilobytesAreLeftOut() throws {
        let rdatas = (0..<5000).map { [10, 0, UInt8($0 / 256), UInt8($0 % 256)] }
        let octets = NameBlockBuilder.build(owner: .root, rrsets: [RRset(type: .a, ttl: 5, rdatas: rdatas)])
        let count = NameBlock(startingIn: octets.rawSpan).rrset(at: 0).recordCount
        #expect(count == 65_535 / 16)
    }

    private static func records(_ block: borrowing NameBlock, _ type: RRType, hidden: Bool = false) -> [UInt8]? {
        guard let rrset = block.rrset(type, hidden: hidden) else { return nil }
        return array(rrset.records)
    }

    private static func array(_ span: RawSpan) -> [UInt8] { (0..<span.byteCount).map { span[unchecked8: $0] } }
}
