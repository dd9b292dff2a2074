import DNSTesting
import DNSWire
import DNSZone
import Testing

/// A zone that differences were applied to is the zone that its records would be built to.
struct ZoneUpdaterTests {
    private static let apex = (try? Name("zone.example.")) ?? .root

    static func soa(_ serial: UInt32) -> ZoneRecord {
        let rdata = RDATA.soa(
            mname: [2, 0x6E, 0x73, 0], rname: [1, 0x68, 0], serial: serial, refresh: 1, retry: 2, expire: 3, minimum: 4)
        return ZoneRecord(owner: apex, type: .soa, ttl: 60, rdata: rdata)
    }

    static func record(_ owner: String, _ type: RRType, _ rdata: [UInt8], ttl: UInt32 = 60) throws -> ZoneRecord {
        let name = owner == "@" ? apex : try Name("\(owner).\(apex)")
        return ZoneRecord(owner: name, type: type, ttl: ttl, rdata: rdata)
    }

    static func build(_ records: [ZoneRecord], serial: UInt32) throws -> Zone {
        var builder = ZoneBuilder(apex: apex)
        try builder.append(soa(serial))
        for record in records { try builder.append(record) }
        return try builder.finish()
    }

    /// What two zones are compared by: every block that is answered from, every record, the number of names.
    struct Content: Hashable {
        var blocks: Set<[UInt8]> = []
        var records: Set<ZoneRecord> = []
        var nameCount = 0
        var soa: ZoneRecord

        init(_ zone: Zone) {
            (nameCount, soa) = (zone.nameCount, zone.soa)
            zone.table.forEachBlock { blocks.insert($0.copy) }
            zone.forEachRecord { records.insert($0) }
        }
    }

    static func response(_ zone: Zone, _ name: Name, _ type: RRType) -> [UInt8] {
        var octets = QueryOctets("x", type)
        octets.name = name.wire
        let message = octets.octets
        var query = Query()
        guard query.parse(message.rawSpan) == .answer else { return [] }
        var out = [UInt8](repeating: 0, count: 4096)
        var span = out.mutableSpan
        var writer = unsafe ResponseWriter(span.mutableBytes)
        writer.begin(query, from: message.rawSpan, limit: 4096)
        var rcode = RCODE.noError
        switch zone.answer(query, &writer) {
        case .answered(let answer): rcode = answer
        case .alias: break
        case .nxDomain:
            zone.answerNegative(query, &writer)
            rcode = .nxDomain
        }
        let count = writer.finish(query, rcode: rcode)
        return Array(out[..<count])
    }

    /// Histories without zone cuts, DNAME and wildcards, which no zone is built anew for; and with all of them.
    @Test(arguments: [false, true], 0..<4 as Range<UInt64>) func histories(_ isWild: Bool, _ seed: UInt64) throws {
        var random = RandomHistory(seed: seed, apex: Self.apex, isWild: isWild)
        var records = [try Self.record("@", .ns, [1, 0x61, 0])]
        var updater = ZoneUpdater(try Self.build(records, serial: 0))
        var serial: UInt32 = 0
        var appliedCount = 0
        for _ in 0..<150 {
            let step = random.step(from: records)
            let difference = ZoneDifference(
                oldSOA: Self.soa(serial), newSOA: Self.soa(serial + 1), removed: step.removed, added: step.added)
            let old = updater.zone
            guard let fresh = try? Self.build(step.records, serial: serial + 1) else {
                #expect(throws: ZoneError.self) { try updater.apply(difference) }
                #expect(updater.zone === old)
                continue
            }
            try updater.apply(difference)
            (records, serial, appliedCount) = (step.records, serial + 1, appliedCount + 1)
            try #require(Content(updater.zone) == Content(fresh), "seed \(seed), step \(serial): \(difference)")
            for _ in 0..<20 {
                let (name, type) = (random.name(), random.type())
                #expect(Self.response(updater.zone, name, type) == Self.response(fresh, name, type))
            }
        }
        #expect(appliedCount > 100)
        #expect(isWild ? updater.rebuildCount > 0 : updater.rebuildCount == 0)
        #expect(updater.rebuildCount < appliedCount * 9 / 10)
    }

    /// RFC 1995 §4: what goes has to be there, and what comes must not be.
    @Test func whatDoesNotApply() throws {
        let there = try Self.record("a.b", .a, [192, 0, 2, 1])
        let other = try Self.record("a.b", .a, [192, 0, 2, 2])
        let apexServer = try Self.record("@", .ns, [1, 0x61, 0])
        var updater = ZoneUpdater(try Self.build([apexServer, there], serial: 5))
        let old = updater.zone
        let wrong: [(UInt32, [ZoneRecord], [ZoneRecord])] = [
            (4, [], [other]), (5, [other], []), (5, [], [there]), (5, [there, other], []),
            (5, [try Self.record("b", .a, [192, 0, 2, 1])], []), (5, [], [other, there]),
            (5, [try Self.record("c", .dname, [0])], []), (5, [apexServer], []),
            (5, [], [try Self.record("a.b", .a, [1])]), (5, [], [try Self.record("a.b", .cname, [0])]),
        ]
        for (serial, removed, added) in wrong {
            let difference = ZoneDifference(
                oldSOA: Self.soa(serial), newSOA: Self.soa(6), removed: removed, added: added)
            #expect(throws: ZoneError.self, "\(difference)") { try updater.apply(difference) }
            #expect(updater.zone === old)
        }
        let right = ZoneDifference(
            oldSOA: Self.soa(5), newSOA: Self.soa(6), removed: [there],
            added: [try Self.record("a.b", .a, [192, 0, 2, 1], ttl: 7), other])
        #expect(throws: Never.self) { try updater.apply(right) }
        // The lowest TTL counts (RFC 2181 §5.2).
        let addresses = [there, other].map { ZoneRecord(owner: $0.owner, type: .a, ttl: 7, rdata: $0.rdata) }
        #expect(Content(updater.zone).records == Set([apexServer] + addresses))
        #expect(old.serial == 5 && updater.zone.serial == 6 && updater.rebuildCount == 0)
    }

    /// What a difference names twice counts once (RFC 2181 §5), in whatever case the owner is; five hundred records of one
    /// name go and come with others.
    @Test func recordsNamedTwice() throws {
        let server = try Self.record("@", .ns, [1, 0x61, 0])
        func records(_ weight: UInt8) throws -> [ZoneRecord] {
            try (0..<500).map { try Self.record("s", .srv, [0, 0, 0, weight, UInt8($0 / 256), UInt8($0 % 256), 0]) }
        }
        let shouted = try records(10).map {
            ZoneRecord(owner: try Name("S.zone.EXAMPLE."), type: .srv, ttl: 60, rdata: $0.rdata)
        }
        var updater = ZoneUpdater(try Self.build([server] + records(10), serial: 1))
        try updater.apply(
            .init(
                oldSOA: Self.soa(1), newSOA: Self.soa(2), removed: records(10) + shouted,
                added: records(11) + records(11)))
        #expect(Content(updater.zone).records == Set([server] + (try records(11))))
        #expect(updater.zone.nameCount == 2 && updater.rebuildCount == 0)
    }

    /// Names between one that goes and the next that stays go with it, and come with it again (RFC 8020).
    @Test func emptyNonTerminals() throws {
        let stays = [try Self.record("@", .ns, [1, 0x61, 0]), try Self.record("x.b", .a, [192, 0, 2, 1])]
        let deep = try Self.record("1.2.3.4.b", .a, [192, 0, 2, 1])
        var updater = ZoneUpdater(try Self.build(stays + [deep], serial: 1))
        #expect(updater.zone.nameCount == 7)
        try updater.apply(.init(oldSOA: Self.soa(1), newSOA: Self.soa(2), removed: [deep], added: []))
        #expect(updater.zone.nameCount == 3)
        try updater.apply(.init(oldSOA: Self.soa(2), newSOA: Self.soa(3), removed: [], added: [deep]))
        #expect(updater.zone.nameCount == 7 && updater.rebuildCount == 0)
    }
}

/// Records that come and go at few names, so that these meet.
struct RandomHistory {
    private var random: SplitMix64
    private let apex: Name
    private let isWild: Bool

    init(seed: UInt64, apex: Name, isWild: Bool) {
        random = SplitMix64(seed: seed)
        (self.apex, self.isWild) = (apex, isWild)
    }

    mutating func name() -> Name {
        var name = apex
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let label = isWild && random.oneIn(8) ? "*" : random.pick(["a", "b", "C", "dd"])
            name = (try? name.prepending(label)) ?? name
        }
        return name
    }

    mutating func type() -> RRType {
        if isWild, random.oneIn(12) { return random.pick([.ns, .dname, .cname]) }
        return random.pick([.a, .a, .aaaa, .txt, .mx, .srv])
    }

    private mutating func rdata(_ type: RRType) -> [UInt8] {
        let octet = UInt8.random(in: 1...4, using: &random)
        switch type {
        case .a: return [192, 0, 2, octet]
        case .aaaa: return [UInt8](repeating: octet, count: 16)
        case .txt: return [1, octet]
        case .mx: return [0, octet] + apex.wire
        case .srv: return [0, 0, 0, octet, 0, 53] + apex.wire
        default: return [1, 0x60 + octet, 0]
        }
    }

    /// One to six records that go or come, and an RRset with another TTL now and then.
    mutating func step(
        from records: [ZoneRecord]
    ) -> (records: [ZoneRecord], removed: [ZoneRecord], added: [ZoneRecord]) {
        var (records, removed, added) = (records, [ZoneRecord](), [ZoneRecord]())
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let old = records.filter { $0.owner != apex && !added.contains($0) }
            if random.oneIn(2), let record = old.randomElement(using: &random) {
                let isChange = random.oneIn(4)
                let gone = records.filter {
                    $0.owner == record.owner && (isChange ? $0.type == record.type : $0 == record)
                }
                if gone.contains(where: added.contains) { continue }
                records.removeAll { gone.contains($0) }
                removed += gone
                if isChange { add(gone.map { changed($0) }) }
            } else {
                let (owner, type) = (name(), type())
                if owner == apex, type == .ns || type == .dname { continue }
                let ttl = records.first { $0.owner == owner && $0.type == type }?.ttl ?? 60
                add([ZoneRecord(owner: owner, type: type, ttl: ttl, rdata: rdata(type))])
            }
        }
        func changed(_ record: ZoneRecord) -> ZoneRecord {
            ZoneRecord(owner: record.owner, type: record.type, ttl: record.ttl ^ 1, rdata: record.rdata)
        }
        /// What is there already does not come, nor what has just gone.
        func add(_ new: [ZoneRecord]) {
            for record in new {
                func isSame(_ other: ZoneRecord) -> Bool {
                    other.owner == record.owner && other.type == record.type && other.rdata == record.rdata
                }
                guard !records.contains(where: isSame), !removed.contains(where: { isSame($0) && $0.ttl == record.ttl })
                else { continue }
                records.append(record)
                added.append(record)
            }
        }
        return (records, removed, added)
    }
}
