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
    private let state = Mutex(Figures())

    package init(_ address: UpstreamAddress) { self.address = address }

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

    /// Takes a failure; true when the upstream is down from now on.
    func noteFailure(maxFails: Int, at now: UInt64) -> Bool {
        state.withLock { state in
            state.failureCount += 1
            guard maxFails > 0, !state.isDown, state.failureCount >= maxFails,
                now &- state.lastSuccess >= Self.silenceNanoseconds
            else { return false }
            state.isDown = true
            return true
        }
    }

    /// True for the first who wants to probe it; `endProbe` lets the next one.
    func beginProbe() -> Bool {
        state.withLock { state in
            defer { state.isProbed = true }
            return !state.isProbed
        }
    }

    func endProbe() { state.withLock { $0.isProbed = false } }

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
