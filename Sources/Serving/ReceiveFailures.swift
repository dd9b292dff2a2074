import Glibc

/// Decides what follows a receive, so that an error which stays does not keep a core busy.
struct ReceiveFailures {
    enum Step: Hashable, Sendable {
        /// Answer so many datagrams.
        case answer(Int)
        /// No datagram is there.
        case nothing
        /// Receive again at once.
        case again
        /// Receive again after `pauseMicroseconds`.
        case pause
    }

    static let pauseMicroseconds: UInt32 = 10_000

    /// The receive before this one failed.
    private var hasFailed = false

    /// The first error may be a passing one (a connected socket reports ECONNREFUSED once, udp(7)); the next is not.
    mutating func step(after received: Result<Int, DatagramBatch.ReceiveError>) -> Step {
        switch received {
        case .success(let datagramCount):
            hasFailed = false
            return datagramCount > 0 ? .answer(datagramCount) : .nothing
        case .failure(let error) where error.errno == EAGAIN || error.errno == EWOULDBLOCK:
            hasFailed = false
            return .nothing
        case .failure(let error) where error.errno == EINTR: return .again
        case .failure:
            defer { hasFailed = true }
            return hasFailed ? .pause : .again
        }
    }
}
