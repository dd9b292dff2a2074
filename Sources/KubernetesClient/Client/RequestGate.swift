import Synchronization

/// Holds requests back to the rate and the number that the operator allows.
final class RequestGate: Sendable {
    private struct State {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
        var inFlight = 0
        var lastID = 0
        var waiting: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
    }

    private let rate: Double?
    private let burst: Double
    private let inFlightMax: Int
    private let state: Mutex<State>

    /// Rates and numbers that are not above 0 are no bounds, as 0 is none in CoreDNS.
    init(_ limits: APIClientLimits) {
        rate = limits.rate.flatMap { $0 > 0 ? $0 : nil }
        burst = Double(max(limits.burst, 1))
        inFlightMax = limits.inFlight.flatMap { $0 > 0 ? $0 : nil } ?? .max
        state = Mutex(State(tokens: burst, filledAt: .now))
    }

    /// Waits for its turn and runs `send`; nil where the task was cancelled before.
    func pass<Value: Sendable>(_ send: () async -> Value) async -> Value? {
        guard await waitForToken(), await waitForTurn() else { return nil }
        defer { leave() }
        return await send()
    }

    private func waitForToken() async -> Bool {
        guard let rate else { return !Task.isCancelled }
        let missing = state.withLock { state in
            let now = ContinuousClock.now
            state.tokens = min(burst, state.tokens + state.filledAt.duration(to: now).seconds * rate) - 1
            state.filledAt = now
            return -state.tokens
        }
        guard missing > 0 else { return !Task.isCancelled }
        return (try? await Task.sleep(for: .seconds(missing / rate))) != nil
    }

    private func waitForTurn() async -> Bool {
        let id: Int? = state.withLock { state in
            state.lastID += 1
            guard state.inFlight >= inFlightMax else {
                state.inFlight += 1
                return nil
            }
            return state.lastID
        }
        guard let id else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { turn in enqueue(id, turn) }
        } onCancel: {
            abandon(id)
        }
    }

    private func enqueue(_ id: Int, _ turn: CheckedContinuation<Bool, Never>) {
        let outcome: Bool? = state.withLock { state in
            if Task.isCancelled { return false }
            if state.inFlight < inFlightMax {
                state.inFlight += 1
                return true
            }
            state.waiting.append((id, turn))
            return nil
        }
        if let outcome { turn.resume(returning: outcome) }
    }

    private func abandon(_ id: Int) {
        let turn: CheckedContinuation<Bool, Never>? = state.withLock { state in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).turn }
        }
        turn?.resume(returning: false)
    }

    /// Hands the place on, or gives it back.
    private func leave() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            if state.waiting.isEmpty {
                state.inFlight -= 1
                return nil
            }
            return state.waiting.removeFirst().turn
        }
        next?.resume(returning: true)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
