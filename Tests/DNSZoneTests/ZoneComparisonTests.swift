import DNSTesting
import DNSWire
import DNSZone
import Testing

/// What leads from one version of a zone to another.
struct ZoneComparisonTests {
    private static func record(
        _ owner: String, _ type: RRType, _ rdata: [UInt8], ttl: UInt32 = 60
    ) throws -> ZoneRecord {
        ZoneRecord(owner: try Name(owner), type: type, ttl: ttl, rdata: rdata)
    }

    private static func zone(serial: UInt32, _ records: Set<ZoneRecord>) throws -> Zone {
        let rdata = RDATA.soa(
            mname: [1, 0x6E, 0], rname: [1, 0x68, 0], serial: serial, refresh: 1, retry: 2, expire: 3, minimum: 4)
        var builder = ZoneBuilder(apex: try Name("example."))
        try builder.append(record("example.", .soa, rdata))
        try builder.append(record("example.", .ns, [1, 0x6E, 0]))
        for record in records { try builder.append(record) }
        return try builder.finish()
    }

    private static func records(_ zone: Zone) -> Set<ZoneRecord> {
        var records = Set<ZoneRecord>()
        zone.forEachRecord { records.insert($0) }
        return records
    }

    /// Zones with a cut that comes and goes, so that names move below it, TTLs that change, names that share some records.
    @Test func randomZones() throws {
        var random = SplitMix64(seed: 7)
        func pick() throws -> Set<ZoneRecord> {
            var records = Set<ZoneRecord>()
            let ttls = (0..<6).map { _ in random.oneIn(3) ? UInt32(30) : 60 }
            for _ in 0..<12 {
                let host = Int.random(in: 0..<6, using: &random)
                let octet = UInt8.random(in: 1...3, using: &random)
                records.insert(try record("h\(host).sub.example.", .a, [192, 0, 2, octet], ttl: ttls[host]))
            }
            if random.oneIn(2) { records.insert(try record("sub.example.", .ns, [1, 0x6E, 0])) }
            return records
        }
        func record(_ owner: String, _ type: RRType, _ rdata: [UInt8], ttl: UInt32 = 60) throws -> ZoneRecord {
            try Self.record(owner, type, rdata, ttl: ttl)
        }
        for serial in UInt32(1)...200 {
            let (before, after) = (try pick(), try pick())
            let old = try Self.zone(serial: serial, before)
            let new = try Self.zone(serial: serial + 1, after)
            let difference = try #require(old.difference(to: new, octetCountMax: 1 << 20))
            #expect(Set(difference.removed) == before.subtracting(after))
            #expect(Set(difference.added) == after.subtracting(before))
            #expect(Self.records(try old.applying(difference)) == Self.records(new))
        }
    }

    /// 100 records of 11 + 10 + 4 octets or one more.
    @Test func isBounded() throws {
        let hosts = Set(try (100..<200).map { try Self.record("h\($0).example.", .a, [192, 0, 2, 1]) })
        let (old, new) = (try Self.zone(serial: 1, []), try Self.zone(serial: 2, hosts))
        #expect(old.difference(to: new, octetCountMax: 100 * 28)?.added.count == 100)
        #expect(old.difference(to: new, octetCountMax: 100 * 28 - 1) == nil)
    }
}
