import Logging
import ServiceLifecycle
import Serving
import Supervision

/// Feeds systemd's watchdog for as long as every part of the server moves, and keeps the status line up to date.
struct ServeWatchdog: Service {
    private static let interval = Duration.milliseconds(500)
    /// In nanoseconds: a part that has not moved for this long is stuck; an idle one does so twice a second.
    private static let silenceMax = UInt64(5_000_000_000)

    let vitals: Vitals
    let status: ServeStatus
    let systemd: SystemdNotifier
    let logger: Logger

    /// Runs until the services that are stopped before it have ended.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            let interval = systemd.watchdogInterval.map { min($0, Self.interval) } ?? Self.interval
            var isStuck = false
            while !Task.isCancelled {
                isStuck = look(wasStuck: isStuck)
                status.refresh()
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Returns whether a part is stuck, after a line in the log where that is new.
    private func look(wasStuck: Bool) -> Bool {
        if let silence = vitals.longestSilence, silence.nanoseconds >= Self.silenceMax {
            let seconds = silence.nanoseconds / 1_000_000_000
            if !wasStuck {
                logger.error("\(silence.part) have not moved for \(seconds) s; the server is stuck until they do")
            }
            return true
        }
        systemd.pingWatchdog()
        return false
    }
}
