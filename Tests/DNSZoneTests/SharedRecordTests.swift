import DNSWire
import DNSZone
import Testing

/// RRsets that leave out what stands elsewhere: the end of their names, or all records; and lists of addresses.
struct SharedRecordTests {
    private static let owner: [UInt8] = Array("\u{4}_tcp\u{3}web\u{0}".utf8)

    /// A record of `rdata` that goes on for `rest` octets.
    private static func record(_ type: RRType, _ rdata: [UInt8], rest: Int = 0) -> [UInt8] {
        var record: [UInt8] = []
        record.appendRecord(owner: [0xC0, 12], type: type, ttl: 5, rdata: rdata + Array(repeating: 0, count: rest))
        return Array(record.dropLast(rest))
    }

    private static func array(_ span: RawSpan) -> [UInt8] { (0..<span.byteCount).map { span[unchecked8: $0] } }

    @Test func relativeRecordsEndWithTheAncestor() {
        var writer = NameBlockWriter()
        writer.begin(owner: Self.owner.rawSpan, rrsetCount: 1)
        writer.beginRRset()
        let (first, second) = (Self.record(.ptr, [1, 0x61], rest: 5), Self.record(.ptr, [], rest: 5))
        #expect(writer.append(record: first.rawSpan, suffixOctetCount: 5) == 0)
        // The first record is 12 + 7 octets in an answer, 12 + 2 here.
        #expect(writer.append(record: second.rawSpan, suffixOctetCount: 5) == 19)
        writer.endRecords()
        writer.endRRset(.ptr, .relative.union(.ancestor(1)))
        writer.end()
        let block = NameBlock(startingIn: writer.octets.rawSpan)
        let rrset = block.rrset(at: 0)
        #expect(rrset.recordCount == 2 && rrset.records.byteCount == 14 + 12)
        #expect(Self.array(rrset.suffix) == [3, 0x77, 0x65, 0x62, 0])
        let record = RRsetView.record(in: rrset.records, at: 14, suffixOctetCount: rrset.suffix.byteCount)
        #expect(Self.array(record) == second)
    }

    /// Sorted, so that each is found, and nothing between them.
    @Test(arguments: [0, 1, 2, 3, 100, 5000]) func members(_ count: Int) {
        for type in [RRType.a, .aaaa] {
            let size = type == .a ? 4 : 16
            var writer = NameBlockWriter()
            writer.begin(owner: Self.owner.rawSpan, rrsetCount: 1)
            writer.beginRRset()
            for index in 0..<count {
                var octets = [UInt8](repeating: 0, count: size - 2)
                octets.append(bigEndian: UInt16(2 * index + 1))
                writer.append(member: octets.rawSpan)
            }
            writer.endRecords()
            writer.endRRset(type, .hidden.union(.members), recordSize: size)
            writer.end()
            let block = NameBlock(startingIn: writer.octets.rawSpan)
            let list = block.rrset(at: 0)
            #expect(list.isHidden && list.recordCount == 0)
            let found = (0...UInt64(2 * count + 1)).filter { list.hasMember(high: 0, low: $0) }
            #expect(found == (0..<count).map { UInt64(2 * $0 + 1) })
            let isInAnotherNetwork = type == .aaaa && list.hasMember(high: 1, low: 1)
            #expect(!isInAnotherNetwork)
        }
    }

    /// What is no member list has no members, whatever its records hold.
    @Test func addressesAreNoMembers() throws {
        let octets = NameBlockBuilder.build(owner: .root, rrsets: [RRset(type: .a, ttl: 5, rdatas: [[0, 0, 0, 1]])])
        let rrset = NameBlock(startingIn: octets.rawSpan).rrset(at: 0)
        let isMember = rrset.hasMember(high: 0, low: 1)
        #expect(!isMember)
    }

    @Test func ancestors() {
        var writer = NameBlockWriter()
        writer.begin(owner: Self.owner.rawSpan, rrsetCount: 1)
        writer.beginRRset()
        writer.endRecords()
        writer.endRRset(.srv, .borrowed.union(.ancestor(2)))
        writer.end()
        let block = NameBlock(startingIn: writer.octets.rawSpan)
        #expect(Self.array(block.ancestor(0)) == Self.owner)
        #expect(Self.array(block.ancestor(1)) == [3, 0x77, 0x65, 0x62, 0])
        let flags = block.rrset(at: 0).flags
        #expect(flags.contains(.borrowed) && !flags.contains(.hidden) && flags.ancestorLabelCount == 2)
    }

    /// A block is found by the hash alone; the folded octets of a name hash as the name does.
    @Test func blocksByHash() throws {
        let names = try (0..<1000).map { try Name("Name-\($0).example") }
        let table = NameTable(blocks: names.map { NameBlockBuilder.build(owner: $0, rrsets: []) })
        var folded = FoldedName()
        for name in names {
            folded.set(name)
            let wire = name.folded.wire
            #expect(NameHasher.hash(wire.rawSpan) == folded.hash)
            var found: [UInt8] = []
            if let block = table.block(hash: folded.hash) { found = Self.array(block.name) }
            #expect(found == wire)
            let isAbsent = table.block(hash: folded.hash &+ 1) == nil
            #expect(isAbsent)
        }
    }
}
