import DNSWire
import DNSZone
import Testing

/// Signatures of zones that were signed elsewhere.
struct SignatureExpiryTests {
    private static let now: Int64 = 1_795_910_400

    private static func rrsig(_ owner: String, endsIn seconds: Int64) throws -> ZoneRecord {
        var rdata: [UInt8] = [0, 1, 13, 2, 0, 0, 14, 16]
        rdata.append(bigEndian: UInt32(truncatingIfNeeded: now + seconds))
        rdata.append(bigEndian: UInt32(truncatingIfNeeded: now - 3600))
        return ZoneRecord(
            owner: try Name(owner), type: .rrsig, ttl: 60, rdata: rdata + [0, 1, 0] + Array(repeating: 7, count: 64))
    }

    private static func check(_ seconds: [Int64]) throws -> SignatureExpiry {
        try .check(seconds.enumerated().map { try rrsig("n\($0.offset).example", endsIn: $0.element) }, at: now)
    }

    @Test func counts() throws {
        let expiry = try Self.check([30 * 86_400, 7 * 86_400, 7 * 86_400 - 1, 1, 0, -1])
        #expect(expiry.signatureCount == 6 && expiry.endingCount == 2 && expiry.expiredCount == 2)
        let last = try Name("n5.example")
        #expect(expiry.secondsLeft == -1 && expiry.firstOwner == last && expiry.firstType == .a)
    }

    @Test func warnings() throws {
        #expect(try Self.check([8 * 86_400]).warning == nil)
        #expect(try Self.check([]).warning == nil)
        #expect(try #require(Self.check([8 * 86_400, 3 * 86_400 + 7200]).warning).contains("3 days and 2 hours"))
        #expect(try #require(Self.check([8 * 86_400, -5]).warning).contains("1 signatures of 2 that ended"))
    }

    /// Every cut of a signature counts for nothing or as one; nothing traps.
    @Test func cuts() throws {
        let whole = try Self.rrsig("a.example", endsIn: 60)
        for count in whole.rdata.indices {
            var record = whole
            record.rdata = Array(whole.rdata[..<count])
            #expect(SignatureExpiry.check([record], at: Self.now).signatureCount == (count < 12 ? 0 : 1))
        }
        let other = ZoneRecord(owner: whole.owner, type: .a, ttl: 60, rdata: whole.rdata)
        #expect(SignatureExpiry.check([other], at: Self.now).secondsLeft == nil)
    }
}
