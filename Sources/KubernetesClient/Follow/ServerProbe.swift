/// Asks a server that is away whether it is back, once for all reflectors that wait for it.
///
/// Runs only while somebody waits, or has a request in flight that was sent again. A waiter hears of the first success
/// after a failure: one that the probe saw, or the waiter's own, where that got no answer at all. A server that answers
/// the probe and refuses the request is not asked more often because of the probe.
actor ServerProbe {
    typealias Waiter = @Sendable () async -> Void

    private let interval: Duration
    private let check: @Sendable () async -> Bool
    private var waiters: [Int: (notify: Waiter, sawFailure: Bool)] = [:]
    private var lastID = 0
    private var loop: Task<Void, Never>?

    /// `interval` between two checks is varied by a sixth, so that many clients do not ask in step.
    init(every interval: Duration, check: @escaping @Sendable () async -> Bool) {
        self.interval = interval
        self.check = check
    }

    /// Calls `notify` once when the server answers again; returns what `leave` needs.
    func join(afterSilence: Bool, _ notify: @escaping Waiter) -> Int {
        lastID += 1
        waiters[lastID] = (notify, afterSilence)
        if loop == nil { loop = Task { await self.run() } }
        return lastID
    }

    func leave(_ id: Int) { waiters[id] = nil }

    func stop() {
        waiters = [:]
        loop?.cancel()
    }

    private func run() async {
        defer { loop = nil }
        while !waiters.isEmpty {
            guard (try? await Task.sleep(for: interval * Double.random(in: 5 / 6...7 / 6))) != nil else { return }
            guard !waiters.isEmpty else { return }
            await tell(isBack: await check())
        }
    }

    private func tell(isBack: Bool) async {
        guard isBack else {
            for id in waiters.keys { waiters[id]?.sawFailure = true }
            return
        }
        let told = waiters.filter { $0.value.sawFailure }
        for (id, waiter) in told {
            waiters[id] = nil
            await waiter.notify()
        }
    }
}
