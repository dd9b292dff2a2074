package import Answering
import Synchronization

/// Where workers leave records of queries for the log; bounded, and never a reason to wait.
///
/// Two stores change places: workers append to one while the writer empties the other. A record that finds the store full,
/// or taken for too long, is dropped and counted.
package final class QueryLogRing: Sendable {
    package static let defaultCapacity = 4096
    /// Of the room, one in so many places is for failures.
    private static let failureShare = 4
    /// Tries for the lock before a record is dropped; it is held for the copy of one record.
    private static let attemptCountMax = 64

    /// A sample of all answers, whether or not the log wants them.
    package let traffic = TrafficSample()
    private let store: Store
    private let drops = Atomic<UInt64>(0)

    package init(capacity: Int = QueryLogRing.defaultCapacity) { store = Store(capacity: capacity) }

    /// How many records were dropped since the start: `clusterdns_log_dropped_total`.
    package var droppedCount: UInt64 { drops.load(ordering: .relaxed) }

    /// Keeps a copy; allocates nothing, blocks nothing.
    ///
    /// `isLogged`: `log` wants it. Failures alone fill a quarter of the room, which is more than are said: their memory
    /// would be needed when queries come without end.
    package func push(_ record: QueryRecord, isLogged: Bool = true) {
        if !store.push(record, share: isLogged ? 1 : Self.failureShare) { drops.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Moves everything into `spare`, which was emptied by the caller and goes back into use.
    package func drain(into spare: inout [QueryRecord]) { store.drain(into: &spare) }

    /// Room for a number of records that many threads fill and one empties.
    final class Store: Sendable {
        private let capacity: Int
        private let records: Mutex<[QueryRecord]>

        init(capacity: Int) {
            precondition(capacity > 0, "a log that holds nothing logs nothing")
            self.capacity = capacity
            records = Mutex(Self.makeStore(capacity))
        }

        /// Keeps a copy; false where there is no room, or the store is taken for too long.
        func push(_ record: QueryRecord, share: Int = 1) -> Bool {
            let limit = max(1, capacity / share)
            for _ in 0..<QueryLogRing.attemptCountMax {
                let isKept = records.withLockIfAvailable { records in
                    guard records.count < limit else { return false }
                    records.append(record)
                    return true
                }
                if let isKept { return isKept }
            }
            return false
        }

        func drain(into spare: inout [QueryRecord]) {
            spare.removeAll(keepingCapacity: true)
            spare.reserveCapacity(capacity)
            records.withLock { swap(&$0, &spare) }
        }

        /// Memory that is only touched as far as records fill it.
        private static func makeStore(_ capacity: Int) -> [QueryRecord] {
            var store: [QueryRecord] = []
            store.reserveCapacity(capacity)
            return store
        }
    }
}
