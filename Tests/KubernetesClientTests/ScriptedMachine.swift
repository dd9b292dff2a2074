import KubernetesProtocol
import Synchronization

@testable import KubernetesClient

/// A machine that answers events with what a test says, and keeps them.
struct ScriptedMachine: ListWatchMachine {
    /// What to do at an event, with this and all earlier ones in the record.
    typealias Reaction = @Sendable (ReflectorEvent, Record) -> [ReflectorAction]

    let record: Record
    let react: Reaction

    mutating func handle(_ event: ReflectorEvent, now: Duration) -> [ReflectorAction] {
        record.add(event, now)
        return react(event, record)
    }

    /// The events so far, and those who wait for one.
    final class Record: Sendable {
        private struct State {
            var events: [(event: ReflectorEvent, at: Duration)] = []
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var events: [ReflectorEvent] { state.withLock { $0.events.map(\.event) } }
        var last: (event: ReflectorEvent, at: Duration)? { state.withLock { $0.events.last } }

        func count(_ isMeant: (ReflectorEvent) -> Bool) -> Int { events.count(where: isMeant) }

        fileprivate func add(_ event: ReflectorEvent, _ at: Duration) {
            let waiting = state.withLock { state in
                state.events.append((event, at))
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        /// Waits until the events meet `condition`.
        func wait(until condition: ([ReflectorEvent]) -> Bool) async {
            while true {
                await withCheckedContinuation { continuation in
                    let isMet = state.withLock { state in
                        if condition(state.events.map(\.event)) { return true }
                        state.waiting.append(continuation)
                        return false
                    }
                    if isMet { continuation.resume() }
                }
                if condition(events) { return }
            }
        }
    }
}

/// Follows with a scripted machine while `body` runs, and ends it then.
func following(
    _ client: APIClient, _ react: @escaping ScriptedMachine.Reaction,
    sink: @escaping @Sendable (ReflectorAction) async -> Void = { _ in },
    _ body: (ScriptedMachine.Record) async throws -> Void
) async throws {
    let record = ScriptedMachine.Record()
    let task = Task {
        await client.follow(ScriptedMachine(record: record, react: react), keeping: .everything, sink: sink)
    }
    do {
        try await body(record)
        task.cancel()
        await task.value
    } catch {
        task.cancel()
        await task.value
        throw error
    }
}
