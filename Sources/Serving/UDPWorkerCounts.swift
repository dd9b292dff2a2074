import Answering
import CLinux

/// What one worker counts besides its answerer, and when it last left a copy on the board.
struct UDPWorkerCounts {
    /// Counts are copied to the board at most this often.
    private static let publishNanoseconds: UInt64 = 10_000_000

    /// Responses that the kernel refused to send.
    var unsentCount: UInt64 = 0
    private var busyNanoseconds: UInt64 = 0
    private var published: UInt64 = 0

    /// Counts the time from `start` to now, of one batch.
    mutating func settle(_ answerer: inout Answerer, since start: UInt64) {
        let nanoseconds = clinux_monotonic_nanoseconds() &- start
        answerer.settle(nanoseconds: nanoseconds)
        busyNanoseconds &+= nanoseconds
    }

    func isDue(at now: UInt64) -> Bool { now &- published > Self.publishNanoseconds }

    mutating func publish(_ answerer: borrowing Answerer, at now: UInt64, on board: StatisticsBoard, as id: Int) {
        board.publish(id, answerer.statistics, busyNanoseconds: busyNanoseconds, unsentCount: unsentCount)
        published = now
    }
}
