import Dispatch
import NIOCore
import NIOPosix
import Testing

@testable import Serving

/// What a watchdog looks at.
struct VitalsTests {
    @Test func thePartThatHasBeenSilentForTheLongest() {
        let vitals = Vitals()
        #expect(vitals.longestSilence == nil)
        vitals.join("workers") { 3 }
        vitals.join("loops") { 7 }
        vitals.join("lanes") { 5 }
        #expect(vitals.longestSilence == Vitals.Silence(part: "loops", nanoseconds: 7))
    }

    /// A loop that is held up has no pulse, and another one's does not hide that.
    @Test(.timeLimit(.minutes(1))) func loopThatIsHeldUp() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let pulse = EventLoopPulse(group)
        let release = DispatchSemaphore(value: 0)
        group.next().execute { release.wait() }
        while pulse.longestSilence <= 1_000_000_000 { try await Task.sleep(for: .milliseconds(20)) }
        release.signal()
        while pulse.longestSilence > 900_000_000 { try await Task.sleep(for: .milliseconds(20)) }
        pulse.stop()
        try await group.shutdownGracefully()
    }
}
