import Answering
import DNSTesting
import DNSWire

/// What must hold in every history of the resolver, and the first thing that did not.
struct ResolverJudge {
    /// A query of a client.
    struct Asked {
        var question: SimulatedQuestion
        var octets: [UInt8]
        var limit: Int
        /// When it came, by a clock that does not jump.
        var time: Duration
        /// Whether it had to wait for an upstream.
        var isDeferred = false
    }

    /// Every accepted query is answered within this time.
    static let patience = Duration.seconds(5)
    private static let staleTTL: UInt32 = 30
    private static let second: UInt64 = 1_000_000_000

    private(set) var failure: String?
    private(set) var waiting: [Int: Asked] = [:]
    private(set) var askedQuestions: Set<SimulatedQuestion> = []
    let options: ServerOptions
    /// Nothing ever fails in this history, so no client may be told of a failure.
    let isBenign: Bool
    /// Everything was in order for so long that failures are forgotten.
    var isHealed = false
    private(set) var answeredCount = 0
    private(set) var staleCount = 0
    private(set) var failureCount = 0
    private(set) var cachedCount = 0
    /// By question: the answer that a client saw last, and when a client that waited was last told of a failure.
    private var lastSeen: [SimulatedQuestion: Int] = [:]
    private var lastFailure: [SimulatedQuestion: UInt64] = [:]

    init(options: ServerOptions, isBenign: Bool) {
        self.options = options
        self.isBenign = isBenign
    }

    mutating func fail(_ sentence: String) { failure = failure ?? sentence }

    mutating func asked(_ number: Int, _ asked: Asked) {
        waiting[number] = asked
        askedQuestions.insert(asked.question)
    }

    mutating func deferred(_ number: Int, _ ledger: Ledger, at clock: UInt64) {
        waiting[number]?.isDeferred = true
        guard let asked = waiting[number], let seen = lastSeen[asked.question], !options.refreshes else { return }
        let entry = ledger.entries[seen]
        if entry.keptTTL > 0, clock - (entry.arrival ?? 0) < UInt64(entry.keptTTL) * Self.second {
            fail("query \(number) waits for what the cache must have")
        }
    }

    mutating func judgePatience(of number: Int) {
        if waiting[number] != nil { fail("query \(number) has no answer after \(Self.patience)") }
    }

    /// A response to a query; `clock` is the server's, in nanoseconds.
    mutating func answered(_ number: Int, _ octets: [UInt8], _ ledger: Ledger, at clock: UInt64, now: Duration) {
        guard let asked = waiting.removeValue(forKey: number) else {
            return fail("query \(number) is answered a second time")
        }
        answeredCount += 1
        if !asked.isDeferred { cachedCount += 1 }
        if now - asked.time > Self.patience { fail("query \(number) was answered after \(now - asked.time)") }
        let questionEnd = 12 + asked.question.text.utf8.count + 2 + 4
        guard let message = try? DNSMessage(reading: octets.rawSpan), octets.prefix(2) == asked.octets.prefix(2),
            octets[2] & 0x80 != 0, octets[12..<min(octets.count, questionEnd)] == asked.octets[12..<questionEnd]
        else { return fail("query \(number) is answered by something else: \(hex(octets))") }
        if octets.count > asked.limit { fail("query \(number) is answered with \(octets.count) octets") }
        switch message.rcode {
        case .noError, .nxDomain: judge(message, number, asked, ledger, clock)
        case .servFail, .refused: judgeFailure(number, asked, clock)
        default: fail("query \(number) is answered with \(message.rcode)")
        }
    }

    private mutating func judgeFailure(_ number: Int, _ asked: Asked, _ clock: UInt64) {
        failureCount += 1
        if options.isTight { return }
        if isBenign { fail("query \(number) fails, and nothing has failed") }
        if isHealed { fail("query \(number) fails long after all was mended") }
        if asked.isDeferred {
            lastFailure[asked.question] = clock
        } else if !options.refreshes && options.stale == .none {
            // Otherwise it may have failed behind a stale answer, which no client saw.
            let isRecent =
                lastFailure[asked.question].map { clock - $0 <= options.failureSeconds * Self.second } ?? false
            if !isRecent { fail("query \(number) fails from memory, and the last failure is too old") }
        }
    }

    private mutating func judge(
        _ message: DNSMessage, _ number: Int, _ asked: Asked, _ ledger: Ledger, _ clock: UInt64
    ) {
        if message.rcode != asked.question.rcode { fail("query \(number): \(message.rcode)") }
        let records = message.answer + message.authority
        if !message.additional.isEmpty { fail("query \(number) has additional records") }
        guard let place = records.lazy.compactMap({ ledger.number(of: $0) }).first else {
            return judgeBare(message, number, asked, ledger, clock)
        }
        let entry = ledger.entries[place]
        guard !entry.isLie else { return fail("query \(number) is answered with a lie (\(place))") }
        guard entry.question == asked.question else {
            return fail(
                "query \(number) (\(asked.question.description)) has the answer to \(entry.question.description)")
        }
        guard let arrival = entry.arrival else { return fail("answer \(place) was never received") }
        if let last = lastSeen[asked.question], (ledger.entries[last].arrival ?? 0) > arrival {
            fail("query \(number) has an answer older than one that was given before")
        }
        lastSeen[asked.question] = place
        let age = clock - arrival
        let isFresh = age == 0 || age < UInt64(entry.keptTTL) * Self.second
        if !isFresh { judgeStale(number, asked, entry, age, clock) }
        judgeRecords(message, number, entry, seconds: UInt32(age / Self.second), isFresh: isFresh)
    }

    /// Aliases to nowhere, or nothing at all: such a denial has no number, and is for those who waited for it.
    private mutating func judgeBare(
        _ message: DNSMessage, _ number: Int, _ asked: Asked, _ ledger: Ledger, _ clock: UInt64
    ) {
        if message.flags & 0x0200 != 0, asked.question.content == .large { return }
        let isSaid = ledger.entries.contains {
            $0.question == asked.question && !$0.isLie && $0.denialTTL == nil && $0.arrival == clock
        }
        if asked.question.hasData || !asked.isDeferred || !isSaid {
            fail("query \(number) is answered with nothing, which nobody said")
        }
        if message.answer.count != asked.question.chain.aliases.count || !message.authority.isEmpty {
            fail("query \(number) has records that nobody sent")
        }
    }

    private mutating func judgeStale(
        _ number: Int, _ asked: Asked, _ entry: Ledger.Entry, _ age: UInt64, _ clock: UInt64
    ) {
        staleCount += 1
        let end = (UInt64(entry.keptTTL) + ServerOptions.staleSeconds) * Self.second
        if options.stale == .none || entry.keptTTL == 0 || age >= end {
            return fail("query \(number) has an answer \(age / 1_000_000) ms old, good for \(entry.keptTTL) s")
        }
        // With `verify` an upstream was asked first, and failed or is late (RFC 8767 §5).
        guard case .verify = options.stale else { return }
        if isBenign { fail("query \(number) has a stale answer, and nothing has failed") }
        if isHealed { fail("query \(number) has a stale answer long after all was mended") }
    }

    private mutating func judgeRecords(
        _ message: DNSMessage, _ number: Int, _ entry: Ledger.Entry, seconds: UInt32, isFresh: Bool
    ) {
        func ttl(_ most: UInt32) -> UInt32 {
            if !isFresh { return Self.staleTTL }
            return options.keepsTTL ? most : most > seconds ? most - seconds : 0
        }
        var missing = entry.answer
        for record in message.answer {
            // Names may come in the case of the question, which they are compressed against.
            let rdata =
                record.type == .cname ? record.rdata.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } : record.rdata
            let key = Ledger.Record(
                owner: record.owner.description.lowercased().trimmingDot, type: record.type, rdata: rdata)
            guard let most = missing.removeValue(forKey: key) else {
                return fail("query \(number) has a record that was not asked for: \(key)")
            }
            if record.ttl != ttl(most) { fail("query \(number): TTL \(record.ttl), not \(ttl(most))") }
        }
        let isCut = message.flags & 0x0200 != 0
        if !missing.isEmpty, !isCut { fail("query \(number) lacks records") }
        if isCut { return }
        if message.authority.count != (entry.denialTTL == nil ? 0 : 1) {
            fail("query \(number): wrong authority section")
        }
        for record in message.authority where record.type != .soa || record.ttl > ttl(entry.denialTTL ?? 0) {
            fail("query \(number): \(record.type) with TTL \(record.ttl) in its authority section")
        }
    }
}

extension String {
    fileprivate var trimmingDot: String { hasSuffix(".") ? String(dropLast()) : self }
}

/// Octets as hexadecimal digits.
func hex(_ octets: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
