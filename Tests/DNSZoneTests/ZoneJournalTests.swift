import DNSWire
import DNSZone
import Testing

struct ZoneJournalTests {
    private static func soa(_ serial: UInt32) throws -> ZoneRecord {
        let rdata = RDATA.soa(
            mname: [1, 0x6E, 0], rname: [1, 0x68, 0], serial: serial, refresh: 1, retry: 2, expire: 3, minimum: 4)
        return ZoneRecord(owner: try Name("example."), type: .soa, ttl: 60, rdata: rdata)
    }

    private static func difference(_ old: UInt32, _ new: UInt32, padding: Int = 0) throws -> ZoneDifference {
        let owner = try Name("a.example.")
        let record = ZoneRecord(owner: owner, type: .txt, ttl: 60, rdata: [UInt8](repeating: 0, count: padding))
        return ZoneDifference(oldSOA: try soa(old), newSOA: try soa(new), removed: [], added: [record])
    }

    @Test func leadsFromAVersionToTheLatest() throws {
        var journal = ZoneJournal()
        for serial in UInt32(1)...5 { journal.append(try Self.difference(serial, serial + 1)) }
        #expect(journal.steps(since: 1)?.count == 5)
        #expect(journal.steps(since: 4)?.map(\.newSOA.serial) == [5, 6])
        #expect(journal.steps(since: 6) == nil)
        #expect(journal.steps(since: 0) == nil)
    }

    /// Two SOAs of 46 octets and a record of 21 without its RDATA.
    @Test func isBoundedInOctets() throws {
        #expect(try Self.difference(1, 2, padding: 7).octetCount == 2 * (9 + 10 + 3 + 3 + 20) + 11 + 10 + 7)
        var journal = ZoneJournal(octetCountMax: 1000)
        for serial in UInt32(1)...20 { journal.append(try Self.difference(serial, serial + 1, padding: 100)) }
        #expect(journal.octetCount == 4 * 211)
        #expect(journal.steps.first?.oldSOA.serial == 17)
        journal.append(try Self.difference(21, 22, padding: 1000))
        #expect(journal.steps.isEmpty)
    }

    /// A record that comes and goes is in neither list, and one that goes and comes back neither.
    @Test func severalDifferencesAsOne() throws {
        func record(_ octet: UInt8) throws -> ZoneRecord {
            ZoneRecord(owner: try Name("a.example."), type: .a, ttl: 60, rdata: [192, 0, 2, octet])
        }
        let steps = [
            ZoneDifference(
                oldSOA: try Self.soa(1), newSOA: try Self.soa(2), removed: [try record(1), try record(2)],
                added: [try record(3), try record(4)]),
            ZoneDifference(
                oldSOA: try Self.soa(2), newSOA: try Self.soa(3), removed: [try record(3)],
                added: [try record(1), try record(5)]),
        ]
        let joined = try #require(ZoneDifference(joining: steps))
        #expect(joined.oldSOA.serial == 1 && joined.newSOA.serial == 3)
        #expect(joined.removed == [try record(2)])
        #expect(Set(joined.added) == [try record(4), try record(5)])
        #expect(ZoneDifference(joining: []) == nil)
    }

    /// A record with another TTL is another; the last one stays of any number of changes.
    @Test func timesToLiveThatChange() throws {
        func record(_ ttl: UInt32) throws -> ZoneRecord {
            ZoneRecord(owner: try Name("a.example."), type: .a, ttl: ttl, rdata: [192, 0, 2, 1])
        }
        let steps = try (1...40).map { step in
            ZoneDifference(
                oldSOA: try Self.soa(step), newSOA: try Self.soa(step + 1), removed: [try record(step)],
                added: [try record(step + 1)])
        }
        let joined = try #require(ZoneDifference(joining: steps))
        #expect(joined.removed == [try record(1)])
        #expect(joined.added == [try record(41)])
    }

    /// What comes out is what went in, octet for octet.
    @Test func keepsEveryRecord() throws {
        let owners = [try Name("a.example."), try Name("B.a.example."), try Name("example.")]
        let records = (0..<9).map { index in
            ZoneRecord(
                owner: owners[index % 3], type: RRType(rawValue: UInt16(index) * 7000), ttl: UInt32(index) << 28,
                rdata: (0..<(index * 30)).map { UInt8($0 % 256) })
        }
        let difference = ZoneDifference(
            oldSOA: try Self.soa(1), newSOA: try Self.soa(2), removed: Array(records[..<4]), added: Array(records[4...])
        )
        var journal = ZoneJournal()
        journal.append(difference)
        let kept = try #require(journal.steps.first?.difference)
        #expect(kept == difference)
        #expect(kept.removed.map(\.owner.wire) == difference.removed.map(\.owner.wire))
        #expect(journal.octetCount == difference.octetCount)
    }

    @Test func aGapEmptiesIt() throws {
        var journal = ZoneJournal()
        journal.append(try Self.difference(1, 2))
        journal.append(try Self.difference(3, 4))
        #expect(journal.steps(since: 1) == nil)
        #expect(journal.steps(since: 3)?.count == 1)
    }
}
