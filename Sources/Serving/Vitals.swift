import CLinux
package import NIOCore
import Synchronization

/// The parts of the server that must not stand still, each asked how long it has been silent: what a watchdog looks at.
package final class Vitals: Sendable {
    /// How a part is doing.
    package struct Silence: Hashable, Sendable {
        package var part: String
        package var nanoseconds: UInt64
    }

    private struct Part: Sendable {
        var name: String
        var silence: @Sendable () -> UInt64
    }

    private let parts = Mutex<[Part]>([])

    package init() {}

    /// From now on `silence` is asked too; it must not wait, and returns nanoseconds.
    package func join(_ name: String, _ silence: @escaping @Sendable () -> UInt64) {
        parts.withLock { $0.append(Part(name: name, silence: silence)) }
    }

    /// The part that has been silent for the longest; nil where there is none.
    package var longestSilence: Silence? {
        let parts = parts.withLock { $0 }
        return parts.map { Silence(part: $0.name, nanoseconds: $0.silence()) }.max { $0.nanoseconds < $1.nanoseconds }
    }
}

/// The pulse of event loops: each leaves the time twice a second, unless something holds it up.
package final class EventLoopPulse: Sendable {
    private static let interval = TimeAmount.milliseconds(500)

    /// When one loop last had time.
    private final class Beat: Sendable {
        private let time = Atomic<UInt64>(clinux_monotonic_nanoseconds())

        func note() { time.store(clinux_monotonic_nanoseconds(), ordering: .relaxed) }
        var silence: UInt64 { clinux_monotonic_nanoseconds() &- time.load(ordering: .relaxed) }
    }

    private let beats: [Beat]
    private let tasks: [RepeatedTask]

    /// Begins to feel the pulse of every loop of `group`, until `stop`.
    package init(_ group: any EventLoopGroup) {
        let loops = Array(group.makeIterator())
        let beats = loops.map { _ in Beat() }
        self.beats = beats
        tasks = zip(loops, beats).map { loop, beat in
            loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.interval) { _ in beat.note() }
        }
    }

    /// The longest time any loop has had no time for its beat, in nanoseconds; about half a second is usual.
    package var longestSilence: UInt64 { beats.map(\.silence).max() ?? 0 }

    package func stop() { for task in tasks { task.cancel() } }
}
