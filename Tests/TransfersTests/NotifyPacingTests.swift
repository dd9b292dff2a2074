import Testing
import Transfers

/// When NOTIFY is sent.
struct NotifyPacingTests {
    @Test func retries() {
        var pacing = NotifyPacing()
        #expect(pacing.next(at: .zero) == .rest)
        pacing.note(serial: 7, at: .zero)
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
            pacing.note(serial: UInt32(millisecond), at: .milliseconds(millisecond))
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

    /// While a zone changes all the time many servers are each told less often; all have the last version soon after it.
    @Test(arguments: [(0, 50), (1, 50), (5, 50), (16, 160), (50, 500), (1000, 500), (100_000, 500)])
    func spacing(_ targetCount: Int, _ milliseconds: Int) {
        let spacing = NotifyPacing.spacing(targetCount: targetCount)
        #expect(spacing == .milliseconds(milliseconds))
        var pacing = NotifyPacing()
        var sent: [Int] = []
        for millisecond in stride(from: 0, through: 3000, by: 10) {
            if millisecond <= 2000, millisecond % 20 == 0 {
                pacing.note(serial: UInt32(millisecond), at: .milliseconds(millisecond))
            }
            guard case .send(let serial) = pacing.next(at: .milliseconds(millisecond), spacing: spacing) else {
                continue
            }
            sent.append(millisecond)
            pacing.answered(serial: serial)
        }
        #expect(sent.filter { $0 < 2000 } == Array(stride(from: 0, to: 2000, by: milliseconds)))
        #expect((2000...2100).contains(sent.last ?? 0))
    }

    /// One change every 100 ms, or two close to each other, are no crowd.
    @Test func fewVersionsAreToldAtOnce() {
        let spacing = NotifyPacing.spacing(targetCount: 50)
        var pacing = NotifyPacing()
        for tenth in 1...20 {
            let now = Duration.milliseconds(100 * tenth)
            pacing.note(serial: UInt32(tenth), at: now)
            #expect(pacing.next(at: now, spacing: spacing) == .send(serial: UInt32(tenth)))
        }
        pacing.note(serial: 21, at: .milliseconds(2020))
        #expect(pacing.next(at: .milliseconds(2020), spacing: spacing) == .wait(until: .milliseconds(2120)))
        #expect(pacing.next(at: .milliseconds(2120), spacing: spacing) == .send(serial: 21))
    }
}
