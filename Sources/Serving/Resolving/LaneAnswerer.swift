import Answering
import DNSWire
import NetworkAddress

/// Answers queries again for one listen address, with what upstreams said; counts as a worker of its own.
final class LaneAnswerer {
    private static let publishNanoseconds: UInt64 = 10_000_000

    private let board: StatisticsBoard
    private let boardID: Int
    private var answerer: Answerer
    private var buffer = [UInt8](repeating: 0, count: Answerer.tcpOctetCountMax)
    private var published: UInt64 = 0
    private(set) var isPublished = true

    init(listen: ListenAddress, state: ServingState, board: StatisticsBoard) {
        self.board = board
        boardID = board.join()
        answerer = Answerer(listen: listen, state: state)
        answerer.countsMisses = false
    }

    /// What came of a query.
    enum Result {
        case response(RawOctets)
        case silence
        case needs(UpstreamQuestion, ForwardGroup)
    }

    /// A response in the memory of its answerer, valid until the next call.
    struct RawOctets { var count: Int }

    /// Answers the job's message from the top.
    func answer(_ job: ResolverJob, _ patience: Patience, at now: UInt64, _ publisher: Publisher, _ log: QueryLogRing)
        -> Result
    {
        if let next = publisher.newer(than: answerer.state.generation) { answerer.use(next) }
        answerer.now = now
        answerer.found = job.found
        answerer.patience = patience
        answerer.keepalive = job.keepalive
        let count = write(job)
        answerer.found = []
        if let place = answerer.outcome.deferred, let need = answerer.needed {
            let groups = answerer.state.forwards
            return groups.indices.contains(place) ? .needs(need, groups[place]) : .silence
        }
        answerer.settle(nanoseconds: now &- job.start)
        isPublished = false
        if answerer.outcome.isSampled { log.traffic.push(answerer.makeRecord(job.client)) }
        if answerer.outcome.isLogged || answerer.outcome.isError {
            var record = answerer.makeRecord(job.client)
            record.durationNanoseconds = now &- job.start
            log.push(record, isLogged: answerer.outcome.isLogged)
        }
        return count > 0 ? .response(RawOctets(count: count)) : .silence
    }

    private func write(_ job: ResolverJob) -> Int {
        var span = buffer.mutableSpan
        // SAFETY: octets have no padding, so any may be read and written.
        return unsafe answerer.answer(job.message.rawSpan, from: job.client, into: span.mutableBytes)
    }

    func withOctets(_ octets: RawOctets, _ body: (RawSpan) -> Void) {
        let buffer = buffer
        body(buffer.rawSpan.extracting(first: octets.count))
    }

    /// Leaves the counts on the board, at most every few milliseconds.
    func publish(at now: UInt64, isLast: Bool = false) {
        guard !isPublished, isLast || now &- published > Self.publishNanoseconds else { return }
        board.publish(boardID, answerer.statistics)
        published = now
        isPublished = true
    }

    func leave() { board.leave(boardID) }
}
