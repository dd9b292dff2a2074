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
}
