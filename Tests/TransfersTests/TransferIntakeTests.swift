import DNSWire
import DNSZone
import TSIG
import Testing
import Transfers

/// What a secondary makes of a transfer, and of one that is cut (robustness fact 79).
struct TransferIntakeTests {
    static let time: UInt64 = 1_700_000_000

    static var records: [ZoneRecord] {
        get throws {
            let apex = try Name("example.")
            let ns = ZoneRecord(owner: apex, type: .ns, ttl: 5, rdata: try Name("ns.example.").wire)
            let address = ZoneRecord(owner: try Name("ns.example."), type: .a, ttl: 5, rdata: [192, 0, 2, 1])
            return [ns, address] + (try TransferWriterTests.records(600))
        }
    }

    static func messages(
        _ content: TransferContent, _ records: [ZoneRecord], type: RRType = .axfr, serial: UInt32 = 1
    ) throws -> [[UInt8]] {
        let messages = try TransferWriterTests.order(content, records, type: type, serial: serial).messages()
        return try #require(messages).map { [0, 7] + $0.dropFirst(2) }
    }

    static func take(
        _ messages: [[UInt8]], since serial: UInt32? = nil, apex: String = "example.", request: TSIGSigner? = nil
    ) throws -> String {
        var intake = TransferIntake(apex: try Name(apex), id: 7, since: serial, request: request)
        for (index, message) in messages.enumerated() {
            do throws(TransferFailure) {
                guard let result = try intake.take(message, now: time) else { continue }
                #expect(index == messages.count - 1, "nothing is left over")
                switch result {
                case .unchanged(let serial): return "unchanged \(serial)"
                case .whole(let zone):
                    var count = 0
                    zone.forEachRecord { _ in count += 1 }
                    return "\(zone.serial): \(count) records"
                case .differences(let differences):
                    return differences.map {
                        "\($0.oldSOA.serial)-\($0.newSOA.serial) -\($0.removed.count) +\($0.added.count)"
                    }.joined(separator: ", ")
                }
            } catch {
                return "\(error)"
            }
        }
        return "more"
    }

    @Test func wholeZones() throws {
        let messages = try Self.messages(.whole, Self.records)
        #expect(messages.count > 1)
        #expect(try Self.take(messages) == "1: 1202 records")
        // As an answer to a question for differences.
        #expect(
            try Self.take(Self.messages(.whole, Self.records, type: .ixfr, serial: 9), since: 3) == "9: 1202 records")
        for count in 0..<messages.count { #expect(try Self.take(Array(messages.prefix(count))) == "more") }
    }

    @Test func differences() throws {
        let records = try Self.records
        let soa = TransferWriterTests.soa
        let differences = [
            ZoneDifference(oldSOA: try soa(1), newSOA: try soa(2), removed: [], added: [records[2]]),
            ZoneDifference(oldSOA: try soa(2), newSOA: try soa(5), removed: [records[3]], added: []),
        ]
        var writer = TransferWriter(.init(name: try Name("example."), type: .ixfr), flags: Query.Flag.authoritative)
        writer.append(try soa(5))
        for difference in differences {
            for record in [difference.oldSOA] + difference.removed { writer.append(record) }
            for record in [difference.newSOA] + difference.added { writer.append(record) }
        }
        writer.append(try soa(5))
        let messages = writer.finish().map { [0, 7] + $0.dropFirst(2) }
        #expect(try Self.take(messages, since: 1) == "1-2 -0 +1, 2-5 -1 +0")
        // Ours have one difference for all.
        let joined = try Self.messages(
            .differences(differences.map(ZoneJournal.Step.init)[...]), records, type: .ixfr, serial: 5)
        #expect(try Self.take(joined, since: 1) == "1-5 -1 +1")
        // From another version than the one that was asked about.
        #expect(try Self.take(messages, since: 4) == "\(TransferFailure.outOfOrder)")
        for serial: UInt32 in [5, 6] {
            let alone = try Self.messages(.soa, records, type: .ixfr, serial: 5)
            #expect(try Self.take(alone, since: serial) == "unchanged 5")
        }
    }

    /// A message that ends early gives nothing, wherever that is.
    @Test func everyCut() throws {
        let messages = try Self.messages(.whole, Array(Self.records.prefix(12)))
        #expect(messages.count == 1)
        for count in 0..<messages[0].count {
            let cut = Array(messages[0].prefix(count))
            #expect(try Self.take([cut]) == "\(TransferFailure.malformed)", "\(count) octets")
        }
    }

    @Test func otherZones() throws {
        let messages = try Self.messages(.whole, Self.records)
        #expect(try Self.take(messages, apex: "example.org.") == "\(TransferFailure.otherZone)")
        var other = messages
        other[0][1] = 8
        #expect(try Self.take(other) == "\(TransferFailure.otherZone)")
        var refused = messages
        refused[0][3] = 5
        #expect(try Self.take(refused) == "\(TransferFailure.refused(.refused))")
        // The last SOA is of another version, or there is none at the start.
        let mixed = messages.dropLast() + [try #require(try Self.messages(.whole, Self.records, serial: 2).last)]
        #expect(try Self.take(Array(mixed)) == "\(TransferFailure.outOfOrder)")
        #expect(try Self.take(Array(messages.dropFirst())) == "\(TransferFailure.outOfOrder)")
    }

    @Test func signatures() throws {
        let plain = try Self.messages(.whole, Self.records)
        var question = TransferQuestion.transfer(of: try Name("example."), since: nil, id: 7)
        var request = TSIGSigner(TSIGKey(name: try Name("key."), secret: [1, 2, 3]))
        request.sign(&question, now: Self.time)
        #expect(try Self.take(plain, request: request) == "\(TransferFailure.signature(.missing))")

        var keyring = TSIGKeyring()
        _ = keyring.insert(request.key)
        let found = try TSIGRecord.place(in: question.rawSpan)
        let place = try #require(found)
        guard
            case .verified(let signer) = TSIGRequest.verify(
                question.rawSpan, signatureAt: place, by: keyring, now: Self.time)
        else {
            Issue.record("the question is signed")
            return
        }
        var server = signer
        var signed = plain
        for index in signed.indices { server.sign(&signed[index], now: Self.time) }
        #expect(try Self.take(signed, request: request) == "1: 1202 records")
        // Without the last signature nothing counts.
        let unsettled = signed.dropLast() + [plain[plain.count - 1]]
        #expect(try Self.take(Array(unsettled), request: request) == "\(TransferFailure.signature(.missing))")
        var forged = signed
        forged[1][40] ^= 1
        #expect(try Self.take(forged, request: request) == "\(TransferFailure.signature(.badSignature))")
    }
}

/// When a secondary asks.
struct SecondaryTimersTests {
    private static func soa(refresh: UInt32 = 100, retry: UInt32 = 10, expire: UInt32 = 1000) throws -> ZoneRecord {
        let rdata = RDATA.soa(
            mname: [0], rname: [0], serial: 1, refresh: refresh, retry: retry, expire: expire, minimum: 1)
        return ZoneRecord(owner: try Name("example."), type: .soa, ttl: 60, rdata: rdata)
    }

    @Test func refreshRetryExpire() throws {
        var timers = SecondaryTimers(primaryCount: 2, at: .zero)
        #expect(timers.next(at: .zero) == .ask(primary: 0))
        timers.failed(at: .zero)
        #expect(timers.next(at: .zero) == .ask(primary: 1))
        timers.refreshed(try Self.soa(), at: .seconds(1))
        #expect(timers.next(at: .seconds(1)) == .wait(until: .seconds(101)))
        #expect(timers.next(at: .seconds(101)) == .ask(primary: 1))
        timers.failed(at: .seconds(101))
        #expect(timers.next(at: .seconds(101)) == .ask(primary: 0))
        timers.failed(at: .seconds(101))
        #expect(timers.next(at: .seconds(101)) == .wait(until: .seconds(111)))
        timers.notified(by: 1, at: .seconds(105))
        #expect(timers.next(at: .seconds(105)) == .ask(primary: 1))
        #expect(timers.hasCopy)
        #expect(timers.next(at: .seconds(1001)) == .expire)
        #expect(!timers.hasCopy)
    }

    /// The word of a new version is given once; who was refused then must not wait for RETRY, which may be hours.
    @Test func aNewVersionIsAskedForSoonAgain() throws {
        var timers = SecondaryTimers(primaryCount: 1, at: .zero)
        timers.refreshed(try Self.soa(refresh: 7200, retry: 10, expire: 86400), at: .zero)
        timers.notified(by: 0, at: .seconds(5))
        var now = Duration.seconds(5)
        for seconds in [1, 2, 4, 8, 10, 10] {
            #expect(timers.next(at: now) == .ask(primary: 0))
            timers.failed(at: now)
            #expect(timers.next(at: now) == .wait(until: now + .seconds(seconds)))
            now += .seconds(seconds)
        }
        timers.refreshed(try Self.soa(refresh: 100, retry: 10), at: now)
        timers.failed(at: now + .seconds(100))
        #expect(timers.next(at: now + .seconds(100)) == .wait(until: now + .seconds(110)))
    }

    @Test func withoutACopyPausesGrow() {
        var timers = SecondaryTimers(primaryCount: 1, at: .zero)
        var now = Duration.zero
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            timers.failed(at: now)
            #expect(timers.next(at: now) == .wait(until: now + .seconds(seconds)))
            now += .seconds(seconds)
        }
    }

    @Test func bounds() throws {
        var timers = SecondaryTimers(primaryCount: 1, expiry: .seconds(604_800), at: .zero)
        timers.refreshed(try Self.soa(refresh: 0, retry: 0, expire: 0), at: .zero)
        #expect(timers.next(at: .zero) == .wait(until: .seconds(1)))
        timers.refreshed(try Self.soa(refresh: 1_000_000), at: .zero)
        #expect(timers.next(at: .zero) == .wait(until: .seconds(604_800)))
    }
}
