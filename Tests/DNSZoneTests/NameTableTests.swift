import DNSTesting
import DNSWire
import DNSZone
import Testing

/// A table that was changed equals one that was made anew, and every name in it is found.
struct NameTableTests {
    /// A name and what its block says: the number is the RDATA of a TXT record.
    private static func block(_ name: Name, _ value: UInt8) -> [UInt8] {
        NameBlockBuilder.build(owner: name, rrsets: [RRset(type: .txt, ttl: 0, rdatas: [[value]])])
    }

    private static func value(_ name: Name, in table: NameTable) -> UInt8? {
        var folded = FoldedName()
        folded.set(name)
        guard let records = table.block(for: folded)?.rrset(.txt)?.records else { return nil }
        return records[unchecked8: NameBlock.Layout.recordHeader]
    }

    private static func check(_ table: NameTable, holds model: [Name: UInt8], _ names: [Name]) throws {
        try #require(table.count == model.count)
        for name in names { try #require(value(name, in: table) == model[name], "\(name)") }
        var seen = 0
        table.forEachBlock { _ in seen += 1 }
        try #require(seen == model.count)
    }

    /// Names of few labels and octets, so that tables stay small and names come again.
    private static func name(_ random: inout SplitMix64) -> Name {
        let labels = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            (0..<Int.random(in: 1...2, using: &random)).map { _ in random.pick([0x41, 0x61, 0x62, 0x00] as [UInt8]) }
        }
        return (try? Name(labels: labels)) ?? .root
    }

    @Test(arguments: 0..<20) func replacingEqualsFresh(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var names: [Name] = []
        for _ in 0..<300 { names.append(Self.name(&random)) }
        var (table, model) = (NameTable(), [Name: UInt8]())
        for _ in 0..<30 {
            var edits: [Name: [UInt8]?] = [:]
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let name = random.pick(names)
                let value: UInt8? = random.oneIn(3) ? nil : UInt8.random(in: .min ... .max, using: &random)
                edits[name] = .some(value.map { Self.block(name, $0) })
                model[name] = value
            }
            let before = table
            let count = before.count
            table = before.replacing(edits)
            #expect(before.count == count)
            try Self.check(table, holds: model, names)
            try Self.check(NameTable(blocks: model.map { Self.block($0.key, $0.value) }), holds: model, names)
        }
    }

    /// Blocks that grow and shrink in their places, a few at once and many: every other name is found where it is then.
    @Test(arguments: 0..<10 as Range<UInt64>) func blocksOfOtherSizes(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let names = try (0..<400).map { try Name("n\($0).example") }
        var model: [Name: UInt8] = [:]
        for (index, name) in names.enumerated() { model[name] = UInt8(index % 256) }
        func block(_ name: Name, _ value: UInt8) -> [UInt8] {
            let rdatas = (0..<Int.random(in: 1...9, using: &random)).map {
                [value] + Array(repeating: UInt8($0), count: $0)
            }
            return NameBlockBuilder.build(owner: name, rrsets: [RRset(type: .txt, ttl: 0, rdatas: rdatas)])
        }
        var table = NameTable(blocks: names.map { block($0, model[$0] ?? 0) })
        for _ in 0..<60 {
            var edits: [Name: [UInt8]?] = [:]
            for _ in 0..<Int.random(in: 1...25, using: &random) {
                let (name, value) = (random.pick(names), UInt8.random(in: .min ... .max, using: &random))
                edits[name] = .some(block(name, value))
                model[name] = value
            }
            table = table.replacing(edits)
            try Self.check(table, holds: model, names)
        }
    }

    /// Growing from nothing to thousands splits the shards on the way, and nothing is lost; then everything goes again.
    @Test func growingAndShrinking() throws {
        let names = try (0..<6000).map { try Name("name-\($0).example") }
        var (table, model) = (NameTable(), [Name: UInt8]())
        for (index, name) in names.enumerated() {
            model[name] = UInt8(index % 256)
            if index % 50 == 49 {
                let edits = names[(index - 49)...index].map { ($0, [UInt8]?.some(Self.block($0, model[$0] ?? 0))) }
                table = table.replacing(Dictionary(uniqueKeysWithValues: edits))
            }
        }
        try Self.check(table, holds: model, names)
        table = table.replacing(Dictionary(uniqueKeysWithValues: names.map { ($0, [UInt8]?.none) }))
        try Self.check(table, holds: [:], names)
    }

    @Test func caseAndDuplicates() throws {
        let (upper, lower) = (try Name("WEB.shop"), try Name("web.SHOP"))
        let table = NameTable(blocks: [Self.block(upper, 1), Self.block(lower, 2)])
        try Self.check(table, holds: [lower: 1], [upper, lower])
        try Self.check(table.replacing([lower: Self.block(lower, 3)]), holds: [upper: 3], [upper, lower])
    }

    /// Names of one shard and one slot, found by trying: the walk passes the others and the end of the slots.
    @Test func collidingHashes() throws {
        var names: [Name] = []
        var folded = FoldedName()
        var number = 0
        while names.count < 12 {
            let name = try Name("n\(number)")
            folded.set(name)
            // The last of 16 slots, so that the walk goes round.
            if folded.hash & 15 == 15 { names.append(name) }
            number += 1
        }
        let model = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt8($0)) })
        let table = NameTable(blocks: model.map { Self.block($0.key, $0.value) })
        try Self.check(table, holds: model, names)
        let fewer = table.replacing([names[0]: nil, names[5]: nil])
        try Self.check(fewer, holds: model.filter { $0.key != names[0] && $0.key != names[5] }, names)
    }
}
