package import Answering
import Synchronization

/// One upstream of a group: how fast it answers, and whether it does.
///
/// Written by resolver lanes, read by them and by the pages for operators. Times are nanoseconds of the monotonic clock.
package final class Upstream: Sendable {
    package struct Figures: Hashable, Sendable {
        /// Smoothed round-trip time and its variation (RFC 6298); 0 before the first answer.
        package var smoothedRTT: UInt64 = 0
        package var variation: UInt64 = 0
        /// Failures since the last answer.
        package var failureCount = 0
        package var lastSuccess: UInt64 = 0
        package var isDown = false
        package var isLooping = false
        package var isProbed = false
        package var lastProbe: UInt64 = 0
        /// Until when queries go without OPT, or with their name as it is.
        package var plainUntil: UInt64 = 0
        package var sameCaseUntil: UInt64 = 0
    }

    /// The bounds of what is late: a shorter wait would ask twice for nothing, a longer one is noticed by people.
    private static let lateRange: ClosedRange<UInt64> = 15_000_000...800_000_000
    /// What is late while nothing is known.
    private static let lateAtFirst: UInt64 = 200_000_000
    /// Failures count only when no answer came for this long: single losses of a busy upstream mean nothing.
    private static let silenceNanoseconds: UInt64 = 500_000_000
    private static let habitNanoseconds: UInt64 = 600_000_000_000

    package let address: UpstreamAddress
    /// The address as people and metrics have it.
    package let label: String
    private let state = Mutex(Figures())

    package init(_ address: UpstreamAddress) {
        self.address = address
        label = address.description
    }

    package var figures: Figures { state.withLock { $0 } }

    /// Takes an answer that came after `nanoseconds`; true when the upstream was down until now.
    func noteAnswer(after nanoseconds: UInt64, at now: UInt64) -> Bool {
        state.withLock { state in
            if state.smoothedRTT == 0 {
                (state.smoothedRTT, state.variation) = (nanoseconds, nanoseconds / 2)
            } else {
                let difference =
                    nanoseconds > state.smoothedRTT
                    ? nanoseconds - state.smoothedRTT : state.smoothedRTT - nanoseconds
                state.variation = (3 * state.variation + difference) / 4
                state.smoothedRTT = (7 * state.smoothedRTT + nanoseconds) / 8
            }
            let wasDown = state.isDown
            (state.failureCount, state.lastSuccess, state.isDown) = (0, now, false)
            return wasDown
        }
    }

    /// What a failure means for the upstream.
    enum Suspicion: Hashable, Sendable {
        case none
        /// It may be down, or only this name is beyond it: a probe tells.
        case silent
        /// It is down from now on.
        case down
    }

    /// Takes a failure; `isProof` where nothing but a dead server explains it (a closed port), and no slow name does.
    func noteFailure(maxFails: Int, isProof: Bool, at now: UInt64) -> Suspicion {
        state.withLock { state in
            state.failureCount += 1
            guard maxFails > 0, !state.isDown, state.failureCount >= maxFails,
                now &- state.lastSuccess >= Self.silenceNanoseconds
            else { return .none }
            guard isProof else { return .silent }
            state.isDown = true
            return .down
        }
    }

    enum ProbeStart: Hashable, Sendable { case begins, isUnderWay, isTooEarly }

    /// `begins` for the first who wants to probe it, once an interval; `endProbe` lets the next one.
    func beginProbe(interval: UInt64, at now: UInt64) -> ProbeStart {
        state.withLock { state in
            if state.isProbed { return .isUnderWay }
            if state.lastProbe > 0, now &- state.lastProbe < interval { return .isTooEarly }
            (state.isProbed, state.lastProbe) = (true, now)
            return .begins
        }
    }

    /// Ends a probe; true where the upstream is down from now on, since it did not answer it.
    func endProbe(isAnswered: Bool) -> Bool {
        state.withLock { state in
            state.isProbed = false
            guard !isAnswered, !state.isDown else { return false }
            state.isDown = true
            return true
        }
    }

    func setLooping(_ isLooping: Bool) { state.withLock { $0.isLooping = isLooping } }

    /// It answers queries with OPT by an error.
    func noteRefusesEDNS(at now: UInt64) { state.withLock { $0.plainUntil = now &+ Self.habitNanoseconds } }

    /// It does not give names back as they were written.
    func noteOtherCase(at now: UInt64) { state.withLock { $0.sameCaseUntil = now &+ Self.habitNanoseconds } }

    /// How long an answer may take before another upstream is asked: about the slowest twentieth.
    static func lateAfter(_ figures: Figures) -> UInt64 {
        guard figures.smoothedRTT > 0 else { return lateAtFirst }
        return min(max(figures.smoothedRTT + 3 * figures.variation, lateRange.lowerBound), lateRange.upperBound)
    }
}
