import Answering
import NetworkAddress
import Testing

@testable import Serving

/// When an upstream counts as down; times in nanoseconds.
struct UpstreamTests {
    private static let second: UInt64 = 1_000_000_000

    private static func upstream() -> Upstream {
        Upstream(UpstreamAddress(address: IPAddress(ipv4: 0xC000_0235), port: 53))
    }

    @Test func aClosedPortIsProofAndSlowNamesAreNot() {
        let closed = Self.upstream()
        #expect(closed.noteFailure(maxFails: 2, isProof: true, at: Self.second) == .none)
        #expect(closed.noteFailure(maxFails: 2, isProof: true, at: Self.second) == .down)
        let slow = Self.upstream()
        for _ in 0..<20 { _ = slow.noteFailure(maxFails: 2, isProof: false, at: Self.second) }
        #expect(slow.noteFailure(maxFails: 2, isProof: false, at: Self.second) == .silent && !slow.figures.isDown)
    }

    @Test func aProbeTellsWhetherASilentOneIsDown() {
        let upstream = Self.upstream()
        #expect(upstream.beginProbe(interval: Self.second / 2, at: Self.second) == .begins)
        #expect(upstream.beginProbe(interval: Self.second / 2, at: Self.second) == .isUnderWay)
        #expect(upstream.endProbe(isAnswered: false) && upstream.figures.isDown)
        #expect(upstream.beginProbe(interval: Self.second / 2, at: Self.second + 1) == .isTooEarly)
        #expect(upstream.beginProbe(interval: Self.second / 2, at: 2 * Self.second) == .begins)
        #expect(upstream.noteAnswer(after: 1000, at: 2 * Self.second) && !upstream.figures.isDown)
        #expect(!upstream.endProbe(isAnswered: true))
    }

    @Test func singleLossesOfABusyUpstreamMeanNothing() {
        let upstream = Self.upstream()
        _ = upstream.noteAnswer(after: 1000, at: Self.second)
        for _ in 0..<5 { #expect(upstream.noteFailure(maxFails: 2, isProof: true, at: Self.second + 1) == .none) }
    }

    @Test func maxFailsZeroMeansNeverDown() {
        let upstream = Self.upstream()
        for _ in 0..<9 { #expect(upstream.noteFailure(maxFails: 0, isProof: true, at: Self.second) == .none) }
    }
}
