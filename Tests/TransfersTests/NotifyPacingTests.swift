import Testing
import Transfers

/// When NOTIFY is sent.
struct NotifyPacingTests {
    @Test func retries() {
        var pacing = NotifyPacing()
        #expect(pacing.next(at: .zero) == .rest)
        pacing.note(serial: 7)
        var now = Duration.zero
        for pause in [1, 2, 4, 8] {
            #expect(pacing.next(at: now) == .send(serial: 7))
            #expect(pacing.next(at: now) == .wait(until: now + .seconds(pause)))
            now += .seconds(pause)
        }
        #expect(pacing.next(at: now) == .send(serial: 7))
        #expect(pacing.next(at: now + .seconds(1000)) == .rest)
    }

    /// 1,000 versions a second cost 20 messages, and the last of them arrives.
    @Test func theNewestWins() {
        var pacing = NotifyPacing()
        var sent: [UInt32] = []
        for millisecond in 0..<1000 {
            pacing.note(serial: UInt32(millisecond))
            if case .send(let serial) = pacing.next(at: .milliseconds(millisecond)) {
                sent.append(serial)
                pacing.answered(serial: serial)
            }
        }
        #expect(sent.count == 20)
        #expect(pacing.next(at: .milliseconds(1000)) == .send(serial: 999))
        // The word of an old version that is answered late is no answer to the new one.
        pacing.answered(serial: sent[0])
        #expect(pacing.next(at: .milliseconds(1000)) == .wait(until: .milliseconds(2000)))
        pacing.answered(serial: 999)
        #expect(pacing.next(at: .milliseconds(2000)) == .rest)
    }

    /// With many servers each is told less often, and the last version reaches all within a second all the same.
    @Test(arguments: [(0, 50), (1, 50), (16, 50), (50, 150), (100, 300), (1000, 500), (100_000, 500)])
    func spacing(_ targetCount: Int, _ milliseconds: Int) {
        let spacing = NotifyPacing.spacing(targetCount: targetCount)
        #expect(spacing == .milliseconds(milliseconds))
        var pacing = NotifyPacing()
        pacing.note(serial: 1)
        #expect(pacing.next(at: .seconds(1), spacing: spacing) == .send(serial: 1))
        pacing.note(serial: 2)
        #expect(pacing.next(at: .seconds(1), spacing: spacing) == .wait(until: .seconds(1) + spacing))
        #expect(pacing.next(at: .seconds(1) + spacing, spacing: spacing) == .send(serial: 2))
        // After a pause a version is not kept waiting.
        pacing.note(serial: 3)
        #expect(pacing.next(at: .seconds(2), spacing: spacing) == .send(serial: 3))
    }
}
