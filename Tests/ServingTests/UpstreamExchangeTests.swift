import Testing

@testable import Serving

/// Whom an exchange asks, when, and what it believes.
struct UpstreamExchangeTests {
    private typealias Action = UpstreamExchange.Action

    private static let millisecond: UInt64 = 1_000_000

    private static func exchange(_ count: Int, channel: UpstreamExchange.Channel = .udp) -> UpstreamExchange {
        let candidates = (0..<count).map {
            UpstreamExchange.Candidate(upstream: $0, channel: channel, lateAfter: 20 * millisecond)
        }
        return UpstreamExchange(candidates: candidates, readTimeout: 2000 * millisecond, deadline: 4500 * millisecond)
    }

    private static func send(
        _ attempt: Int, _ upstream: Int, _ channel: UpstreamExchange.Channel = .udp, usesEDNS: Bool = true
    ) -> Action { .send(attempt: attempt, upstream: upstream, channel, usesEDNS: usesEDNS) }

    @Test func theFirstIsAskedAndItsAnswerIsTheEnd() {
        var exchange = Self.exchange(2)
        #expect(exchange.start(at: 0) == [Self.send(0, 0)])
        #expect(exchange.receive(.answer, attempt: 0, at: 5) == [.finish(attempt: 0)])
        #expect(exchange.receive(.answer, attempt: 0, at: 6) == [], "a second copy changes nothing")
    }

    @Test func nobodyToAskIsAFailureAtOnce() {
        var exchange = Self.exchange(0)
        #expect(exchange.start(at: 0) == [.fail(.unreachable)])
    }

    @Test func theSecondIsAskedWhenTheFirstIsLateAndEitherMayAnswer() {
        var exchange = Self.exchange(2)
        _ = exchange.start(at: 0)
        #expect(exchange.nextDeadline == 20 * Self.millisecond)
        #expect(exchange.tick(at: 20 * Self.millisecond) == [Self.send(1, 1)])
        #expect(exchange.receive(.answer, attempt: 0, at: 21 * Self.millisecond) == [.finish(attempt: 0)])
    }

    @Test func aFailureIsTakenToTheNextAndReturnedWhereNobodyDoesBetter() {
        var exchange = Self.exchange(2)
        _ = exchange.start(at: 0)
        #expect(exchange.receive(.failure, attempt: 0, at: 1) == [Self.send(1, 1)])
        #expect(exchange.receive(.failure, attempt: 1, at: 2) == [.finish(attempt: 1)])
    }

    /// What came later would be given out at the end as if it had just come, past its TTL.
    @Test func nothingIsHeardAfterAFailure() {
        var exchange = Self.exchange(2)
        _ = exchange.start(at: 0)
        #expect(exchange.listens(to: 0) && !exchange.listens(to: 1))
        _ = exchange.receive(.failure, attempt: 0, at: 1)
        #expect(!exchange.listens(to: 0) && exchange.listens(to: 1))
        _ = exchange.receive(.answer, attempt: 1, at: 2)
        #expect(!exchange.listens(to: 1))
    }

    @Test func refusedByAllIsAFailureAtOnce() {
        var exchange = Self.exchange(2)
        _ = exchange.start(at: 0)
        #expect(exchange.fail(attempt: 0, at: 1) == [Self.send(1, 1)])
        #expect(exchange.fail(attempt: 1, at: 2) == [.fail(.unreachable)])
    }

    @Test func aLoneUpstreamIsAskedAgainEverMoreSlowly() {
        var exchange = Self.exchange(1)
        var times: [UInt64] = []
        var now: UInt64 = 0
        var actions = exchange.start(at: 0)
        while !exchange.isFinished {
            if actions.contains(where: { if case .send = $0 { true } else { false } }) {
                times.append(now / Self.millisecond)
            }
            now = exchange.nextDeadline
            actions = exchange.tick(at: now)
        }
        // 250 ms, doubled each time; the end is at 4.5 s.
        #expect(times == [0, 250, 750, 1750, 3750])
        #expect(actions == [.fail(.timedOut)])
    }

    @Test func aCutAnswerIsAskedForOverAStream() {
        var exchange = Self.exchange(1)
        _ = exchange.start(at: 0)
        #expect(exchange.receive(.truncated, attempt: 0, at: 1) == [Self.send(1, 0, .stream)])
        #expect(exchange.receive(.answer, attempt: 1, at: 2) == [.finish(attempt: 1)])
    }

    @Test func aStreamThatIsSlowIsNotAskedTwice() {
        var exchange = Self.exchange(1)
        _ = exchange.start(at: 0)
        _ = exchange.receive(.truncated, attempt: 0, at: 1)
        #expect(exchange.tick(at: 1000 * Self.millisecond) == [])
        #expect(exchange.nextDeadline == 2000 * Self.millisecond + 1)
    }

    @Test func otherCaseIsNoAnswerButAReasonForAStream() {
        var exchange = Self.exchange(1)
        _ = exchange.start(at: 0)
        #expect(exchange.receive(.otherCase, attempt: 0, at: 1) == [Self.send(1, 0, .stream)])
    }

    @Test func anUpstreamWithoutEDNSIsAskedWithout() {
        var exchange = Self.exchange(1)
        _ = exchange.start(at: 0)
        #expect(exchange.receive(.refusesEDNS, attempt: 0, at: 1) == [Self.send(1, 0, usesEDNS: false)])
    }

    /// Robustness fact 50.
    @Test func moreThanTwentyForgeriesMoveTheQuestionToAStream() {
        var exchange = Self.exchange(1)
        _ = exchange.start(at: 0)
        for _ in 0..<20 { #expect(exchange.receive(.foreign, attempt: 0, at: 1) == []) }
        #expect(exchange.receive(.foreign, attempt: 0, at: 1) == [Self.send(1, 0, .stream)])
        #expect(exchange.receive(.answer, attempt: 0, at: 2) == [], "the old port is not believed any more")
    }

    @Test func anAttemptIsLateAfterTheReadTimeout() {
        var exchange = Self.exchange(1, channel: .stream)
        _ = exchange.start(at: 0)
        let actions = exchange.tick(at: 2000 * Self.millisecond)
        #expect(actions.contains(.late(attempt: 0, upstream: 0)))
        #expect(exchange.receive(.answer, attempt: 0, at: 3000 * Self.millisecond) == [.finish(attempt: 0)])
    }

    /// Robustness fact 52: anyone can send an ICMP error, and must not learn or end anything by it.
    @Test func anErrorAsksAnotherUpstreamAndEndsNothing() {
        var exchange = Self.exchange(2)
        _ = exchange.start(at: 0)
        #expect(exchange.refuse(attempt: 0, at: 1) == [Self.send(1, 1)])
        #expect(exchange.refuse(attempt: 0, at: 2) == [], "a second error changes nothing")
        #expect(exchange.receive(.answer, attempt: 0, at: 3) == [.finish(attempt: 0)])
    }

    @Test func afterAnErrorALoneUpstreamMayStillAnswerForAMoment() {
        var exchange = Self.exchange(1)
        _ = exchange.start(at: 0)
        #expect(exchange.refuse(attempt: 0, at: 1) == [])
        #expect(exchange.nextDeadline == UpstreamExchange.refusedNanoseconds + 1)
        var other = exchange
        #expect(other.receive(.answer, attempt: 0, at: 2) == [.finish(attempt: 0)])
        #expect(exchange.tick(at: UpstreamExchange.refusedNanoseconds + 1) == [.fail(.unreachable)])
    }

    @Test func anErrorDoesNotCutShortAnotherUpstreamThatIsAsked() {
        var exchange = Self.exchange(2)
        _ = exchange.start(at: 0)
        _ = exchange.tick(at: 20 * Self.millisecond)
        #expect(exchange.refuse(attempt: 0, at: 21 * Self.millisecond) == [])
        #expect(exchange.receive(.answer, attempt: 1, at: 900 * Self.millisecond) == [.finish(attempt: 1)])
    }

    /// Whatever happens, an exchange ends by its deadline, and sends a bounded number of messages.
    @Test func everyHistoryEnds() {
        var random = SystemRandomNumberGenerator()
        let verdicts: [UpstreamExchange.Verdict] = [
            .failure, .truncated, .refusesEDNS, .otherCase, .foreign,
        ]
        for _ in 0..<2000 {
            var exchange = Self.exchange(Int.random(in: 1...4, using: &random))
            var sent = exchange.start(at: 0).count
            var now: UInt64 = 0
            while !exchange.isFinished {
                now = min(exchange.nextDeadline, now + UInt64.random(in: 1...400 * Self.millisecond, using: &random))
                let attempt = Int.random(in: 0..<max(1, min(sent, UpstreamExchange.attemptCountMax)), using: &random)
                let verdict = verdicts[Int.random(in: 0..<verdicts.count, using: &random)]
                var actions = exchange.tick(at: now)
                if !exchange.isFinished, attempt < sent {
                    actions +=
                        Bool.random(using: &random)
                        ? exchange.receive(verdict, attempt: attempt, at: now)
                        : exchange.refuse(attempt: attempt, at: now)
                }
                sent += actions.count { if case .send = $0 { true } else { false } }
            }
            #expect(sent <= UpstreamExchange.attemptCountMax && now <= 4500 * Self.millisecond)
        }
    }
}
