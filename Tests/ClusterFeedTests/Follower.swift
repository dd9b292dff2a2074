import ClusterFeed
import ClusterModel
import Synchronization
import Testing

/// A reader that knows the deltas only: from nothing they must give what each snapshot holds.
final class Follower: Sendable {
    private struct State {
        var views: [ObjectKey: ServiceView] = [:]
        var namespaces: [String: Namespace] = [:]
        var pods: [ObjectKey: Pod] = [:]
        var last: FeedUpdate?
        var findings: [Finding] = []
    }

    private let state = Mutex(State())

    func take(_ update: FeedUpdate) {
        let snapshot = update.snapshot
        state.withLock { state in
            Self.apply(update.delta.services, to: &state.views)
            Self.apply(update.delta.namespaces, to: &state.namespaces)
            Self.apply(update.delta.pods, to: &state.pods)
            #expect(state.views.sorted { $0.key < $1.key }.map(\.value) == snapshot.allViews)
            #expect(Set(state.namespaces.values) == Set(snapshot.namespaces.values))
            #expect(Set(state.pods.values) == Set(snapshot.pods.values))
            for kind in ObjectKind.allCases { #expect(snapshot.count(of: kind) == snapshot.keys(of: kind).count) }
            state.last = update
            state.findings += update.newFindings
        }
    }

    private static func apply<Key, Value>(
        _ differences: [Key: ClusterDelta.Difference<Value>], to held: inout [Key: Value]
    ) {
        for (key, difference) in differences {
            #expect(held[key] == difference.before)
            held[key] = difference.after
        }
    }

    func expect(_ condition: @Sendable (ClusterSnapshot) -> Bool) async throws {
        try await expectUpdate { condition($0.snapshot) }
    }

    /// Waits until the newest update is as wanted.
    func expectUpdate(_ condition: @Sendable (FeedUpdate) -> Bool) async throws {
        try await poll { $0.last.map(condition) ?? false }
    }

    func expectFinding(contains text: String) async throws {
        try await poll { $0.findings.contains { $0.message.contains(text) } }
    }

    /// Looks every millisecond; a failure after thirty seconds.
    private func poll(_ condition: @Sendable (State) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !state.withLock({ condition($0) }) {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
