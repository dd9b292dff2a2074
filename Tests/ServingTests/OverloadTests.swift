import Answering
import Testing

@testable import Serving

struct OverloadTests {
    /// Full batches are too much after a tenth of a second of them, and until none was full for a while.
    @Test func fullBatchesAreTooMuch() {
        var watch = OverloadWatch()
        var changes: [Bool] = []
        let millisecond: UInt64 = 1_000_000
        let steps: [(at: UInt64, count: Int, isTooMuch: Bool)] = [
            (0, 64, false), (50, 64, false), (99, 64, false), (100, 64, true), (101, 64, true), (102, 63, true),
            (140, 1, true), (150, 64, true), (199, 63, true), (200, 63, false), (201, 64, false), (202, 63, false),
            (203, 64, false), (302, 64, false), (303, 64, true),
        ]
        for step in steps {
            let isTooMuch = watch.note(step.count, of: 64, at: step.at * millisecond) { changes.append($0) }
            #expect(isTooMuch == step.isTooMuch, "at \(step.at) ms")
        }
        #expect(changes == [true, false, true])
    }

    /// Upstreams that never said anything get a few questions at once, and those that talk as many as come.
    @Test func silentUpstreamsGetFew() {
        let (patience, second) = (UpstreamPatience(), UInt64(1_000_000_000))
        for _ in 0..<UpstreamPatience.silentCountMax { #expect(patience.begin(at: second)) }
        #expect(!patience.begin(at: second))
        let more = UpstreamPatience.silentCountMax - UpstreamPatience.crowdedCountMax
        for _ in 0..<more { patience.end() }
        #expect(patience.hasRoom(at: second) && !patience.hasRoom(at: second, isCrowded: true))
        for _ in 0..<more { #expect(patience.begin(at: second)) }
        patience.noteReply(at: 2 * second)
        #expect(patience.begin(at: 3 * second))
        #expect(!patience.begin(at: 3 * second + 1))
        for _ in 0..<2 { patience.end() }
        #expect(patience.begin(at: 9 * second))
        #expect(!patience.begin(at: 9 * second))
    }
}
