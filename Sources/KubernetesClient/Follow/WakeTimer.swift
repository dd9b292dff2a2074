/// One alarm that is often moved and seldom goes off: moving it to a later time costs no task.
struct WakeTimer: ~Copyable {
    private let ring: @Sendable () async -> Void
    private var time: ContinuousClock.Instant?
    private var sleeper: (task: Task<Void, Never>, until: ContinuousClock.Instant)?

    /// `ring` may be called early; `isDue` then sets the alarm again.
    init(ring: @escaping @Sendable () async -> Void) { self.ring = ring }

    var isSet: Bool { time != nil }

    /// Moves the alarm; nil turns it off.
    mutating func set(_ time: ContinuousClock.Instant?) {
        self.time = time
        guard let time else { return }
        if let sleeper, sleeper.until <= time { return }
        sleep(until: time)
    }

    /// Whether the time has come, when `ring` was called; turns the alarm off then.
    mutating func isDue() -> Bool {
        sleeper = nil
        guard let time else { return false }
        guard time <= .now else {
            sleep(until: time)
            return false
        }
        self.time = nil
        return true
    }

    mutating func cancel() {
        time = nil
        sleeper?.task.cancel()
    }

    private mutating func sleep(until time: ContinuousClock.Instant) {
        sleeper?.task.cancel()
        let task = Task { [ring] in
            guard (try? await Task.sleep(until: time, clock: .continuous)) != nil else { return }
            await ring()
        }
        sleeper = (task, time)
    }
}
