import Answering
import DNSTesting
import DNSWire
import Testing

/// The bounds of the cache.
struct ResponseCacheTests {
    private static func question(_ number: Int) throws -> UpstreamQuestion {
        UpstreamQuestion(name: try Name("n\(number).example"), type: .a)
    }

    private static func answer(to question: UpstreamQuestion, ttl: Int, _ caps: CacheSettings) -> StoredAnswer? {
        let message = UpstreamText.reply(to: question, ["\(question.text) \(ttl) A 192.0.2.1"])
        return UpstreamReply(message, to: question, caps: caps)?.answer
    }

    private static func isKept(_ cache: ResponseCache, _ number: Int, now: UInt64) throws -> Bool {
        var query = Query()
        let octets = QueryOctets("n\(number).example", .a).octets
        #expect(query.parse(octets.rawSpan) == .answer)
        if case .fresh = cache.find(query, now: now) { return true }
        return false
    }

    @Test func itHoldsNoMoreThanItMay() throws {
        var settings = CacheSettings()
        settings.success.capacity = 1000
        let cache = ResponseCache(settings)
        for number in 0..<20_000 {
            let question = try Self.question(number)
            if let answer = Self.answer(to: question, ttl: 60, settings) { cache.store(answer, for: question, now: 1) }
        }
        #expect(cache.figures.successCount <= 1100 && cache.figures.successCount > 800)
        #expect(cache.figures.evictedSuccessCount > 18_000)
    }

    /// What is used stays while a stream of names that nobody asks for again passes through.
    @Test func whatIsUsedStays() throws {
        var settings = CacheSettings()
        settings.success.capacity = 1000
        let cache = ResponseCache(settings)
        for number in 0..<10_000 {
            let question = try Self.question(number)
            if let answer = Self.answer(to: question, ttl: 3600, settings) {
                cache.store(answer, for: question, now: 1)
            }
            if number >= 50, number % 20 == 0 {
                for hot in 0..<50 { _ = try Self.isKept(cache, hot, now: 2) }
            }
        }
        let kept = try (0..<50).count { try Self.isKept(cache, $0, now: 3) }
        #expect(kept >= 45)
    }

    @Test func everyEntryIsFoundAmongManyThatCameAndWent() throws {
        let cache = ResponseCache(CacheSettings())
        for number in 0..<4000 {
            let question = try Self.question(number)
            let ttl = number % 2 == 0 ? 10 : 3000
            if let answer = Self.answer(to: question, ttl: ttl, CacheSettings()) {
                cache.store(answer, for: question, now: 0)
            }
        }
        for number in 0..<4000 {
            #expect(try Self.isKept(cache, number, now: 11_000_000_000) == (number % 2 == 1))
        }
    }

    @Test func aFailureDoesNotReplaceAGoodAnswer() throws {
        let cache = ResponseCache(CacheSettings())
        let question = try Self.question(1)
        let failure = StoredAnswer(DNSMessage(rcode: .servFail, questions: []), ttl: 0)
        if let answer = Self.answer(to: question, ttl: 60, CacheSettings()) {
            cache.store(answer, for: question, now: 0)
            cache.store(failure, for: question, now: 1)
        }
        #expect(try Self.isKept(cache, 1, now: 2))
    }
}
