import Answering
import CLinux
import Glibc
import Synchronization

/// Answers the datagrams of one socket on a thread of its own: receive a batch, answer it, send it.
final class UDPWorker: Sendable {
    /// Counts are copied to the board at most this often.
    private static let publishNanoseconds: UInt64 = 10_000_000

    private let listen: ListenAddress
    private let socket: UDPSocket
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let isStopping = Atomic(false)
    /// When the thread last went round its loop; a watchdog reads it.
    private let lastTurn = Atomic<UInt64>(clinux_monotonic_nanoseconds())

    init(listen: ListenAddress, socket: UDPSocket, publisher: Publisher, board: StatisticsBoard, log: QueryLogRing) {
        self.listen = listen
        self.socket = socket
        self.publisher = publisher
        self.board = board
        self.log = log
    }

    /// Nanoseconds since the worker last went round its loop; an idle one does so twice a second.
    var silence: UInt64 { clinux_monotonic_nanoseconds() &- lastTurn.load(ordering: .relaxed) }

    /// Takes no new datagrams; `run` returns when those already received by the kernel are answered.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        socket.closeGate()
    }

    /// What the thread does; everything it writes is its own.
    func run() {
        guard var batch = DatagramBatch(wantsLocalAddress: listen.address == nil) else { return }
        var answerer = Answerer(listen: listen, state: publisher.state)
        let id = board.join()
        var (published, busy) = (UInt64(0), UInt64(0))
        while true {
            let stops = isStopping.load(ordering: .acquiring)
            let received = batch.receive(from: socket.descriptor, waits: !stops)
            let start = clinux_monotonic_nanoseconds()
            lastTurn.store(start, ordering: .relaxed)
            if let next = publisher.newer(than: answerer.state.generation) { answerer.use(next) }
            if case .success(let count) = received, count > 0 {
                answer(count, since: start, &batch, &answerer)
                _ = batch.send(to: socket.descriptor)
                let end = clinux_monotonic_nanoseconds()
                answerer.settle(nanoseconds: end &- start)
                busy &+= end &- start
            } else if stops {
                break
            }
            if start &- published > Self.publishNanoseconds {
                board.publish(id, answerer.statistics, busyNanoseconds: busy)
                published = start
            }
        }
        board.publish(id, answerer.statistics, busyNanoseconds: busy)
        board.leave(id)
        socket.close()
    }

    private func answer(_ count: Int, since start: UInt64, _ batch: inout DatagramBatch, _ answerer: inout Answerer) {
        for index in 0..<count where !batch.isCut(at: index) {
            let sender = batch.sender(at: index)
            let client = QueryClient(transport: .udp, address: sender.address, port: sender.port)
            batch.respond(at: index) { message, response in
                answerer.answer(message, from: client, into: response)
            }
            guard answerer.outcome.isLogged || answerer.outcome.isError else { continue }
            var record = answerer.makeRecord(client)
            record.durationNanoseconds = clinux_monotonic_nanoseconds() &- start
            log.push(record)
        }
    }
}
