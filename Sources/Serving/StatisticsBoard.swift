package import Answering
import Synchronization

/// Where workers leave copies of their counts, and where `/metrics` adds them up.
///
/// A worker counts in memory of its own and copies at most every few milliseconds, so a query touches no shared memory.
package final class StatisticsBoard: Sendable {
    private struct Part {
        var statistics: [SeriesStatistics] = []
        var busyNanoseconds: UInt64 = 0
        var unsentCount: UInt64 = 0
        var isWorking = true
    }

    /// By worker; parts of workers that have ended stay, since counters never go back.
    private let parts = Mutex<[Part]>([])

    package init() {}

    /// The place of a new worker.
    package func join() -> Int {
        parts.withLock { parts in
            parts.append(Part())
            return parts.count - 1
        }
    }

    package func leave(_ id: Int) {
        parts.withLock { $0[id].isWorking = false }
    }

    /// Copies what worker `id` has counted since its start; allocates only when there are more series than before.
    package func publish(
        _ id: Int, _ statistics: borrowing [SeriesStatistics], busyNanoseconds: UInt64 = 0, unsentCount: UInt64 = 0
    ) {
        parts.withLock { parts in
            while parts[id].statistics.count < statistics.count { parts[id].statistics.append(SeriesStatistics()) }
            for index in statistics.indices { parts[id].statistics[index].assign(statistics[index]) }
            parts[id].busyNanoseconds = busyNanoseconds
            parts[id].unsentCount = unsentCount
        }
    }

    /// The sums over all workers, by series index.
    package var totals: [SeriesStatistics] {
        var totals: [SeriesStatistics] = []
        parts.withLock { parts in
            for part in parts {
                while totals.count < part.statistics.count { totals.append(SeriesStatistics()) }
                for index in part.statistics.indices { totals[index].add(part.statistics[index]) }
            }
        }
        return totals
    }

    /// Responses that the kernel refused to send, of all workers since the start.
    package var unsentCount: UInt64 { parts.withLock { $0.reduce(0) { $0 &+ $1.unsentCount } } }

    /// Nanoseconds each working worker has spent on queries since its start, by worker.
    package var busyNanoseconds: [(worker: Int, nanoseconds: UInt64)] {
        parts.withLock { parts in
            parts.indices.filter { parts[$0].isWorking }.map { ($0, parts[$0].busyNanoseconds) }
        }
    }
}
