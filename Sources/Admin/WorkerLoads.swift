import Serving
import Synchronization

/// Turns the busy time of workers, which only grows, into their load between two looks.
final class WorkerLoads: Sendable {
    private struct Look {
        var at: ContinuousClock.Instant
        var busy: [Int: UInt64]
        var loads: [(worker: Int, ratio: Double)]
    }

    /// Looks closer together than this would measure noise; they see the loads of the earlier one.
    private static let interval = Duration.seconds(1)

    private let board: StatisticsBoard
    private let last: Mutex<Look>

    init(board: StatisticsBoard, at now: ContinuousClock.Instant = .now) {
        self.board = board
        last = Mutex(Look(at: now, busy: [:], loads: []))
    }

    /// The share of the time since the last look that each worker was busy, 0-1.
    func look(at now: ContinuousClock.Instant = .now) -> [(worker: Int, ratio: Double)] {
        let busy = Dictionary(uniqueKeysWithValues: board.busyNanoseconds.map { ($0.worker, $0.nanoseconds) })
        return last.withLock { last in
            let passed = last.at.duration(to: now)
            guard passed >= Self.interval else { return last.loads }
            let loads = busy.sorted { $0.key < $1.key }.map { worker, nanoseconds in
                let spent = nanoseconds &- min(nanoseconds, last.busy[worker] ?? 0)
                return (worker: worker, ratio: min(1, Double(spent) / (passed / .nanoseconds(1))))
            }
            last = Look(at: now, busy: busy, loads: loads)
            return loads
        }
    }
}
