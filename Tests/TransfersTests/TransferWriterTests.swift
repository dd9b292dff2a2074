import DNSWire
import DNSZone
import Testing
import Transfers

/// Transfers as messages, read back.
struct TransferWriterTests {
    static func soa(_ serial: UInt32) throws -> ZoneRecord {
        let names = try (Name("ns.example.").wire, Name("hostmaster.example.").wire)
        let rdata = RDATA.soa(
            mname: names.0, rname: names.1, serial: serial, refresh: 1, retry: 2, expire: 3, minimum: 4)
        return ZoneRecord(owner: try Name("example."), type: .soa, ttl: 60, rdata: rdata)
    }

    static func records(_ count: Int) throws -> [ZoneRecord] {
        try (0..<count).flatMap { index in
            let owner = try Name("Host-\(index).Sub.example.")
            return [
                ZoneRecord(owner: owner, type: .a, ttl: 5, rdata: [192, 0, 2, UInt8(truncatingIfNeeded: index)]),
                ZoneRecord(
                    owner: owner, type: .srv, ttl: 5,
                    rdata: RDATA.srv(priority: 0, weight: 1, port: 80, target: try Name("web.Sub.example."))),
            ]
        }
    }

    static func order(
        _ content: TransferContent, _ records: [ZoneRecord], type: RRType = .axfr, serial: UInt32 = 1
    ) throws -> TransferOrder {
        let zone = TransferableZone(apex: try Name("example."), soa: try soa(serial)) { body in
            for record in records { body(record) }
        }
        return TransferOrder(
            content, of: zone, question: .init(name: zone.apex, type: type), id: 7, flags: Query.Flag.authoritative)
    }

    static func read(_ messages: [[UInt8]]) throws -> [ZoneRecord] {
        try messages.flatMap { octets in
            let message = try DNSMessage(reading: octets.rawSpan)
            #expect(message.flags & Query.Flag.authoritative != 0)
            #expect(message.questions.count == 1)
            return message.answer.map { ZoneRecord(owner: $0.owner, type: $0.type, ttl: $0.ttl, rdata: $0.rdata) }
        }
    }

    @Test(arguments: [0, 1, 100, 5000]) func wholeZones(_ count: Int) throws {
        let records = try Self.records(count)
        let messages = try #require(try Self.order(.whole, records).messages())
        #expect(messages.allSatisfy { $0.count <= 0x4000 })
        let soa = try Self.soa(1)
        let read = try Self.read(messages)
        #expect(read == [soa] + records + [soa])
        // Names keep their case, and are compressed all the same.
        #expect(read.dropFirst().dropLast().allSatisfy { $0.owner.description.contains("Sub") })
        if count == 5000 { #expect(messages.reduce(0) { $0 + $1.count } < 10_000 * 40) }
    }

    @Test func longRecords() throws {
        let owner = try Name("long.example.")
        let long = ZoneRecord(
            owner: owner, type: RRType(rawValue: 65_280), ttl: 5, rdata: .init(repeating: 7, count: 60_000))
        let messages = try #require(try Self.order(.whole, [long, long]).messages())
        #expect(try Self.read(messages).count == 4)
        #expect(messages.allSatisfy { $0.count <= 65_535 - 512 })
        let longer = ZoneRecord(owner: owner, type: long.type, ttl: 5, rdata: .init(repeating: 7, count: 65_400))
        #expect(try Self.order(.whole, [longer]).messages() == nil)
    }

    /// RFC 1995 §4, §5: the newest SOA, the client's SOA, what goes, the newest SOA, what comes, the newest SOA.
    @Test func differences() throws {
        let records = try Self.records(2)
        let first = ZoneDifference(
            oldSOA: try Self.soa(1), newSOA: try Self.soa(2), removed: [records[3]], added: [records[0]])
        let second = ZoneDifference(
            oldSOA: try Self.soa(2), newSOA: try Self.soa(3), removed: [records[0]], added: [records[2]])
        let soas = try (1...3).map { try Self.soa(UInt32($0)) }
        let order = try Self.order(
            .differences([first, second].map(ZoneJournal.Step.init)[...]), records, type: .ixfr, serial: 4)
        #expect(
            try Self.read(try #require(order.messages()))
                == [soas[2], soas[0], records[3], soas[2], records[2], soas[2]])
        // What is long is not made one.
        let long = (0..<2).map { octet in
            ZoneRecord(
                owner: records[0].owner, type: .txt, ttl: 5, rdata: .init(repeating: UInt8(octet), count: 60_000))
        }
        let steps = (0..<40).map { index in
            ZoneDifference(
                oldSOA: soas[index % 2], newSOA: soas[1 - index % 2], removed: [long[index % 2]],
                added: [long[1 - index % 2]])
        }
        let sequences = try Self.order(.differences(steps.map(ZoneJournal.Step.init)[...]), [], type: .ixfr)
        #expect(try Self.read(try #require(sequences.messages())).count == 1 + 40 * 4 + 1)
        let single = try Self.order(.differences([ZoneJournal.Step(first)][...]), records, type: .ixfr, serial: 4)
        #expect(
            try Self.read(try #require(single.messages()))
                == [soas[1], soas[0], records[3], soas[1], records[0], soas[1]])
    }

    @Test func whatAClientGets() throws {
        var journal = ZoneJournal()
        for serial in UInt32(3)...5 {
            journal.append(
                ZoneDifference(
                    oldSOA: try Self.soa(serial), newSOA: try Self.soa(serial + 1), removed: [], added: []))
        }
        let zone = TransferableZone(apex: try Name("example."), soa: try Self.soa(6), journal: journal) { _ in }
        func word(_ serial: UInt32) -> String {
            switch TransferContent(since: serial, of: zone, at: .zero) {
            case .soa: "soa"
            case .whole: "whole"
            case .differences(let differences): "\(differences.count)"
            }
        }
        #expect([6, 7, 5, 3, 2, 0xFFFF_FFFF].map(word) == ["soa", "soa", "1", "3", "whole", "whole"])
    }

    /// RFC 1982 §3.2: what lies half the circle apart is neither.
    @Test func serials() {
        #expect(SerialNumber.isNewer(1, than: 0) && SerialNumber.isNewer(0, than: 0xFFFF_FFFF))
        #expect(!SerialNumber.isNewer(0, than: 0) && !SerialNumber.isNewer(0, than: 1))
        #expect(SerialNumber.isNewer(0x7FFF_FFFF, than: 0))
        #expect(!SerialNumber.isNewer(0x8000_0000, than: 0) && !SerialNumber.isNewer(0, than: 0x8000_0000))
    }
}
