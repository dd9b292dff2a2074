import KubernetesProtocol
import Synchronization

/// Events of one watch, between the task that reads them and the one that hands them on.
///
/// Those that come while the last are being taken are taken together: a thousand changes a second then cost far fewer
/// states of the zone than a thousand. One task may append, one may take.
final class GatheredEvents: Sendable {
    private struct State {
        var events: [WatchEvent] = []
        var hasEnded = false
        var taker: CheckedContinuation<Void, Never>?
        var appender: CheckedContinuation<Void, Never>?
    }

    /// So many may wait; reading stops until they are taken.
    static let countMax = 1_000

    private let state = Mutex(State())

    /// Adds `events`; returns when there is room for more, and at once after the end.
    func append(_ events: [WatchEvent]) async {
        let taker = state.withLock { state in
            state.events += events
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
        await withCheckedContinuation { appender in
            let hasRoom = state.withLock { state in
                if state.events.count < Self.countMax || state.hasEnded { return true }
                state.appender = appender
                return false
            }
            if hasRoom { appender.resume() }
        }
    }

    /// Waits for events and takes all there are, in order; nil after the last.
    func next() async -> [WatchEvent]? {
        await withCheckedContinuation { taker in
            let isReady = state.withLock { state in
                if !state.events.isEmpty || state.hasEnded { return true }
                state.taker = taker
                return false
            }
            if isReady { taker.resume() }
        }
        let (events, appender) = state.withLock { state in
            defer { (state.events, state.appender) = ([], nil) }
            return (state.events, state.appender)
        }
        appender?.resume()
        return events.isEmpty ? nil : events
    }

    /// Says that no more will come.
    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { (state.taker, state.appender) = (nil, nil) }
            return [state.taker, state.appender]
        }
        for case let continuation? in waiting { continuation.resume() }
    }
}
