import DNSWire
import DNSZone
import Synchronization
import Testing
import Transfers

/// What the clients of one zone share.
struct TransferImagesTests {
    /// A zone whose latest versions are `serials`, and what counts how often its records are read.
    private struct Fixture {
        let images = TransferImages()
        let readings = Readings()
        let records: [ZoneRecord]

        final class Readings: Sendable {
            let count = Mutex(0)
        }

        init(recordCount: Int = 10) throws { records = try TransferWriterTests.records(recordCount / 2) }

        func zone(_ serials: ClosedRange<UInt32>) throws -> TransferableZone {
            var journal = ZoneJournal()
            for serial in serials.dropLast() {
                journal.append(
                    ZoneDifference(
                        oldSOA: try TransferWriterTests.soa(serial), newSOA: try TransferWriterTests.soa(serial + 1),
                        removed: [], added: [records[Int(serial) % records.count]]))
            }
            let soa = try TransferWriterTests.soa(serials.upperBound)
            return TransferableZone(apex: soa.owner, soa: soa, journal: journal, images: images) {
                [readings, records] body in
                readings.count.withLock { $0 += 1 }
                for record in records { body(record) }
            }
        }

        /// The order of a client that has `serial`, or wants all of the zone.
        func order(
            _ serials: ClosedRange<UInt32>, since serial: UInt32?, at now: Duration, flags: UInt16 = 0x400,
            id: UInt16 = 7
        ) throws -> TransferOrder {
            let zone = try zone(serials)
            let content = serial.map { TransferContent(since: $0, of: zone, at: now) } ?? .whole
            let question = DNSMessage.Question(name: zone.apex, type: serial == nil ? .axfr : .ixfr)
            return TransferOrder(content, of: zone, question: question, id: id, flags: flags)
        }

        /// What comes of a claim: the messages where they are there.
        func claim(_ order: TransferOrder, at now: Duration, mayRender: Bool = true) -> (String, TransferMessages?) {
            switch images.claim(order, at: now, mayRender: mayRender, { _ in }) {
            case .ready(let messages): ("ready", messages)
            case .waits: ("waits", nil)
            case .renders: ("renders", nil)
            case .refused: ("refused", nil)
            }
        }
    }

    private static func serials(_ messages: TransferMessages?) throws -> [UInt32] {
        try TransferWriterTests.read(messages?.messages ?? []).filter { $0.type == .soa }.map(\.serial)
    }

    /// Fifty clients that ask at once: one has the zone read, and all get the same messages.
    @Test func madeOnce() throws {
        let fixture = try Fixture()
        let gotten = Mutex<[ObjectIdentifier]>([])
        let sent = Mutex<[TransferMessages]>([])
        var words: [String: Int] = [:]
        var first: TransferOrder?
        for id in UInt16(0)..<50 {
            let order = try fixture.order(1...9, since: nil, at: .zero, id: id)
            let claim = fixture.images.claim(order, at: .zero) { messages in
                gotten.withLock { $0.append(ObjectIdentifier(messages)) }
                sent.withLock { $0.append(messages) }
            }
            switch claim {
            case .renders: first = order; words["renders", default: 0] += 1
            case .waits: words["waits", default: 0] += 1
            default: words["other", default: 0] += 1
            }
        }
        #expect(words == ["renders": 1, "waits": 49])
        fixture.images.render(try #require(first))
        #expect(gotten.withLock { $0.count } == 50 && gotten.withLock { Set($0).count } == 1)
        #expect(fixture.readings.count.withLock { $0 } == 1)
        let later = fixture.claim(try fixture.order(1...9, since: nil, at: .zero), at: .zero)
        #expect(later.0 == "ready")
        #expect(try TransferWriterTests.read(later.1?.messages ?? []).count == 12)
        // Other questions, and flags that the client has set, have messages of their own.
        #expect(fixture.claim(try fixture.order(1...9, since: nil, at: .zero, flags: 0x500), at: .zero).0 == "renders")
        #expect(fixture.claim(try fixture.order(1...9, since: 3, at: .zero), at: .zero).0 == "renders")
        #expect(
            fixture.claim(try fixture.order(1...9, since: 4, at: .zero), at: .zero, mayRender: false).0 == "refused")
    }

    /// Clients that were told of version 5 are led to the same one, though the zone goes on; nobody who was told of a newer
    /// one, and nobody for long.
    @Test func oneVersionForAll() throws {
        let fixture = try Fixture()
        fixture.images.announce(5)
        func lead(_ serials: ClosedRange<UInt32>, since serial: UInt32, at milliseconds: Int) throws -> UInt32? {
            let order = try fixture.order(serials, since: serial, at: .milliseconds(milliseconds))
            return try Self.serials(TransferMessages(order.messages())).first
        }
        #expect(try lead(1...6, since: 2, at: 0) == 6)
        #expect(try lead(1...8, since: 2, at: 10) == 6)
        #expect(try lead(1...9, since: 1, at: 20) == 6)
        // This one has it already.
        #expect(try lead(1...9, since: 6, at: 20) == 9)
        #expect(try lead(1...10, since: 6, at: 30) == 9)
        // A thread that has not seen that version yet is no hindrance.
        #expect(try lead(1...7, since: 7, at: 30) == 7)
        fixture.images.announce(10)
        #expect(try lead(1...12, since: 6, at: 40) == 12)
        #expect(try lead(1...14, since: 6, at: 540) == 12)
        #expect(try lead(1...14, since: 6, at: 541) == 14)
    }

    /// Where nobody is told of versions the newest counts.
    @Test func withoutWordOfVersions() throws {
        let fixture = try Fixture()
        for newest in UInt32(4)...7 {
            let order = try fixture.order(1...newest, since: 2, at: .zero)
            #expect(try Self.serials(TransferMessages(order.messages())).first == newest)
            #expect(fixture.claim(order, at: .zero).0 == "renders")
        }
    }

    /// Of whole zones one that is a little older does as well, on the same terms.
    @Test func wholeZones() throws {
        let fixture = try Fixture()
        fixture.images.announce(5)
        let first = try fixture.order(1...6, since: nil, at: .zero)
        #expect(fixture.claim(first, at: .zero).0 == "renders")
        fixture.images.render(first)
        let second = fixture.claim(try fixture.order(1...7, since: nil, at: .zero), at: .milliseconds(500))
        #expect(second.0 == "ready")
        #expect(try Self.serials(second.1) == [6, 6])
        #expect(fixture.claim(try fixture.order(1...7, since: nil, at: .zero), at: .milliseconds(501)).0 == "renders")
        fixture.images.announce(8)
        #expect(fixture.claim(try fixture.order(1...8, since: nil, at: .zero), at: .milliseconds(502)).0 == "renders")
    }

    /// Large images are gone with the last client that is sent them, and small ones with the next version.
    @Test func boundedMemory() throws {
        let fixture = try Fixture(recordCount: 20_000)
        let whole = try fixture.order(1...9, since: nil, at: .zero)
        let held = Mutex<TransferMessages?>(nil)
        guard case .renders = fixture.images.claim(whole, at: .zero, { messages in held.withLock { $0 = messages } })
        else {
            Issue.record("nobody made them before")
            return
        }
        fixture.images.render(whole)
        #expect(fixture.claim(whole, at: .zero).0 == "ready")
        held.withLock { $0 = nil }
        #expect(fixture.claim(whole, at: .zero).0 == "renders")

        let small = try fixture.order(1...9, since: 3, at: .zero)
        weak var kept: TransferMessages?
        #expect(fixture.claim(small, at: .zero).0 == "renders")
        fixture.images.render(small)
        kept = fixture.claim(small, at: .zero).1
        #expect(kept != nil)
        #expect(fixture.claim(try fixture.order(1...10, since: 3, at: .zero), at: .zero).0 == "renders")
        #expect(kept == nil)
    }
}
