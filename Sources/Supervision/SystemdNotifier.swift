internal import CSystemd
internal import Glibc

/// Tells systemd how the service fares (sd_notify(3)); does nothing where systemd did not start the process.
///
/// What cannot be delivered is lost without a word: a supervisor that has gone must not stop the answers.
package struct SystemdNotifier: Sendable {
    /// What the state of the service is, in systemd's words.
    package enum State: Hashable, Sendable {
        /// Started, or done with a reload.
        case ready
        /// A reload has begun; `ready` must follow.
        case reloading
        case stopping
    }

    package init() {}

    /// Sends the state, and a line for `systemctl status` with it where one is given.
    package func notify(_ state: State, status: String? = nil) {
        var assignments = [Self.assignments(of: state)]
        if let status { assignments.append(Self.assignment(ofStatus: status)) }
        send(assignments.joined(separator: "\n"))
    }

    /// Replaces the line that `systemctl status` shows.
    package func notify(status: String) { send(Self.assignment(ofStatus: status)) }

    /// How often `pingWatchdog` must be called: half of what the unit's `WatchdogSec=` allows; nil without a watchdog.
    package var watchdogInterval: Duration? {
        var allowed: UInt64 = 0
        // SAFETY: the library writes one integer, which outlives the call.
        guard unsafe sd_watchdog_enabled(0, &allowed) > 0, let microseconds = Int64(exactly: allowed / 2) else {
            return nil
        }
        return .microseconds(max(1, microseconds))
    }

    /// Says that the service is alive; to be called only where the work that matters is seen to go on.
    package func pingWatchdog() { send("WATCHDOG=1") }

    private static func assignments(of state: State) -> String {
        switch state {
        case .ready: "READY=1"
        // `Type=notify-reload` compares this time with that of its own request (systemd.service(5)).
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())"
        case .stopping: "STOPPING=1"
        }
    }

    /// The status must stay one line: a second one would be an assignment of its own.
    private static func assignment(ofStatus status: String) -> String {
        "STATUS=" + String(status.map { $0.isNewline ? " " : $0 })
    }

    private static func monotonicMicroseconds() -> Int64 {
        var time = timespec()
        // SAFETY: the kernel writes one timespec, which outlives the call; CLOCK_MONOTONIC always exists.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    private func send(_ assignments: String) {
        // SAFETY: the library reads the terminated string during the call and keeps nothing of it.
        _ = unsafe sd_notify(0, assignments)
    }
}
