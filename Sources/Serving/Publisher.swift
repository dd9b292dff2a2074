package import Answering
import Synchronization

/// The one point where control plane and data plane meet: hands the newest `ServingState` to the workers.
///
/// ARC frees the old state when no worker holds it any more.
package final class Publisher: Sendable {
    private let current: Mutex<ServingState>
    private let generation: Atomic<UInt64>

    package init(_ first: ServingState) {
        current = Mutex(first)
        generation = Atomic(first.generation)
    }

    package func publish(_ next: ServingState) {
        current.withLock { state in
            precondition(next.generation > state.generation, "generations only move forward")
            state = next
            generation.store(next.generation, ordering: .releasing)
        }
    }

    package var state: ServingState { current.withLock { $0 } }

    /// The newest state if it is another than the one of `generation`; costs one atomic load when there is none.
    package func newer(than generation: UInt64) -> ServingState? {
        guard self.generation.load(ordering: .acquiring) != generation else { return nil }
        return current.withLock { $0 }
    }
}
