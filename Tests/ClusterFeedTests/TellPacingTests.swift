import Testing

@testable import ClusterFeed

struct TellPacingTests {
    private let start = ContinuousClock.now

    /// Tells as soon as it may, from `start` on; the times since then.
    private func tell(_ count: Int, _ pacing: inout TellPacing) -> [Duration] {
        var (times, now) = ([Duration](), start)
        for _ in 0..<count {
            if let pause = pacing.pause(at: now) { now += pause }
            #expect(pacing.pause(at: now) == nil)
            pacing.note(at: now)
            times.append(now - start)
        }
        return times
    }

    @Test func aFewAtOnceAndThenOneEachFiveMilliseconds() {
        var pacing = TellPacing()
        #expect(tell(13, &pacing).map { $0 / .milliseconds(1) } == Array(repeating: 0, count: 10) + [5, 10, 15])
    }

    @Test func changesAtAnEvenPaceNeverWait() {
        var pacing = TellPacing()
        for index in 0..<1000 {
            let now = start + .milliseconds(5) * index
            #expect(pacing.pause(at: now) == nil)
            pacing.note(at: now)
        }
    }

    @Test func aQuietTimeAllowsAFewAtOnceAgain() {
        var pacing = TellPacing()
        _ = tell(12, &pacing)
        let later = start + .milliseconds(60)
        for _ in 0..<10 {
            #expect(pacing.pause(at: later) == nil)
            pacing.note(at: later)
        }
        #expect(pacing.pause(at: later) == .milliseconds(5))
    }
}
