import Answering
import CLinux
import Dispatch
import Glibc
import Synchronization

/// Answers the datagrams of one socket on a thread of its own: receive a batch, answer it, send it.
final class UDPWorker: Sendable {
    /// Longer than any query waits.
    private static let replyNanoseconds: UInt64 = 6_000_000_000
    private static let replyPauseMicroseconds: UInt32 = 2000
    /// How long an inherited socket is read at most after `stop` while answers are owed.
    private static let leaveNanoseconds: UInt64 = 1_000_000_000

    private enum Phase: UInt8, AtomicRepresentable { case waiting, running, stopping, abandoned }

    private let listen: ListenAddress
    private let socket: UDPSocket
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let replies: UDPReplies
    /// Locked by the thread for as long as it serves.
    private let batch: Mutex<DatagramBatch>
    private let phase = Atomic(Phase.waiting)
    /// Where the thread waits for the end of the phase `waiting`.
    private let gate = DispatchSemaphore(value: 0)
    /// When the thread last went round its loop; a watchdog reads it.
    private let lastTurn = Atomic<UInt64>(clinux_monotonic_nanoseconds())

    /// Takes over the socket, unless it throws for lack of memory.
    init(
        listen: ListenAddress, socket: UDPSocket, publisher: Publisher, board: StatisticsBoard, log: QueryLogRing,
        resolver: Resolver?
    ) throws(SocketError) {
        guard let batch = DatagramBatch(wantsLocalAddress: listen.address == nil) else {
            throw SocketError(listen: listen, transport: .udp, errno: ENOMEM)
        }
        self.batch = Mutex(batch)
        self.listen = listen
        self.socket = socket
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        replies = UDPReplies(descriptor: socket.descriptor)
    }

    /// The thread of this worker, to be made once; it waits for `start` or `abandon`.
    func makeThread(name: String) throws(SocketError) -> WorkerThread {
        do {
            return try WorkerThread(name: name) { self.run() }
        } catch {
            throw SocketError(listen: listen, transport: .udp, errno: error.errno)
        }
    }

    /// Nanoseconds since the worker last went round its loop; an idle one does so twice a second.
    var silence: UInt64 { clinux_monotonic_nanoseconds() &- lastTurn.load(ordering: .relaxed) }

    /// Lets the thread begin to answer.
    func start() {
        lastTurn.store(clinux_monotonic_nanoseconds(), ordering: .relaxed)
        phase.store(.running, ordering: .releasing)
        gate.signal()
    }

    /// Closes the socket, and ends the thread, of a worker that was never started.
    func abandon() {
        socket.close()
        phase.store(.abandoned, ordering: .releasing)
        gate.signal()
    }

    /// Takes no new datagrams; the thread ends when those already received by the kernel are answered.
    ///
    /// Of an inherited socket it takes no more than it has: what waits there is for the next process.
    func stop() {
        phase.store(.stopping, ordering: .releasing)
        socket.closeGate()
    }

    private func run() {
        clinux_shorten_slice()
        gate.wait()
        guard phase.load(ordering: .acquiring) != .abandoned else { return }
        let id = board.join()
        batch.withLock { serve(&$0, id) }
        board.leave(id)
        awaitReplies()
        socket.close()
    }

    /// Keeps the socket until what waits for upstreams is answered: each query is within seconds.
    private func awaitReplies() {
        let end = clinux_monotonic_nanoseconds() &+ Self.replyNanoseconds
        while replies.owedCount > 0, clinux_monotonic_nanoseconds() < end { usleep(Self.replyPauseMicroseconds) }
    }

    /// What the thread does; everything it writes is its own.
    private func serve(_ batch: inout DatagramBatch, _ id: Int) {
        var answerer = Answerer(listen: listen, state: publisher.state)
        answerer.turnsAway = true
        var (counts, failures, overload) = (UDPWorkerCounts(), ReceiveFailures(), OverloadWatch())
        var leaveTime: UInt64?
        while true {
            let stops = phase.load(ordering: .acquiring) == .stopping
            if stops, socket.isInherited, isTimeToLeave(&leaveTime) { break }
            let received = batch.receive(from: socket.descriptor, waits: !stops)
            let start = clinux_monotonic_nanoseconds()
            lastTurn.store(start, ordering: .relaxed)
            answerer.now = start
            if let next = publisher.newer(than: answerer.state.generation) { answerer.use(next) }
            let step = failures.step(after: received)
            if case .answer(let count) = step {
                let isTooMuch = overload.note(count, of: DatagramBatch.capacity, at: start) { socket.holdLess($0) }
                answerer.isCrowded = isTooMuch
                answer(count, since: start, isTooMuch: isTooMuch, &batch, &answerer)
                counts.unsentCount &+= UInt64(batch.send(to: socket.descriptor))
                counts.settle(&answerer, since: start)
            }
            if stops, step == .nothing || step == .pause {
                guard socket.isInherited else { break }
                usleep(Self.replyPauseMicroseconds)
            }
            if step == .pause { usleep(ReceiveFailures.pauseMicroseconds) }
            if counts.isDue(at: start) { counts.publish(answerer, at: start, on: board, as: id) }
        }
        counts.publish(answerer, at: lastTurn.load(ordering: .relaxed), on: board, as: id)
    }

    /// Whether nothing is owed any more to those who asked over an inherited socket, or it is late.
    ///
    /// Until then what comes is answered: the next process cannot read before this one has ended.
    private func isTimeToLeave(_ leaveTime: inout UInt64?) -> Bool {
        let now = clinux_monotonic_nanoseconds()
        let end = leaveTime ?? now &+ Self.leaveNanoseconds
        leaveTime = end
        return replies.owedCount == 0 || now >= end
    }

    private func answer(
        _ count: Int, since start: UInt64, isTooMuch: Bool, _ batch: inout DatagramBatch, _ answerer: inout Answerer
    ) {
        if count >= Answerer.foreseenCountMin {
            for index in 0..<count { batch.read(at: index) { answerer.foresee($0) } }
            answerer.lookAtForeseen()
        }
        for index in 0..<count where !batch.isCut(at: index) {
            let sender = batch.sender(at: index)
            let client = QueryClient(transport: .udp, address: sender.address, port: sender.port)
            batch.respond(at: index) { message, response in
                answerer.answer(message, from: client, into: response)
            }
            if answerer.outcome.isTurnedAway {
                resolver?.noteTurnedAway(isTooMuch: isTooMuch)
                if !isTooMuch { answerNow(index, client, &batch, &answerer) }
            } else if let group = answerer.outcome.deferred ?? answerer.outcome.refresh {
                answerLater(index, client, group, since: start, isTooMuch: isTooMuch, &batch, &answerer)
            }
            if answerer.outcome.isSampled { log.traffic.push(answerer.makeRecord(client)) }
            guard answerer.outcome.isLogged || answerer.outcome.isError else { continue }
            var record = answerer.makeRecord(client)
            record.durationNanoseconds = clinux_monotonic_nanoseconds() &- start
            log.push(record, isLogged: answerer.outcome.isLogged)
        }
    }

    /// Hands a query over to a resolver lane; where none takes it, the answer is what can be said without upstreams.
    ///
    /// While more comes than can be answered there is none: the time is that of queries that can be told something.
    private func answerLater(
        _ index: Int, _ client: QueryClient, _ group: Int, since start: UInt64, isTooMuch: Bool,
        _ batch: inout DatagramBatch, _ answerer: inout Answerer
    ) {
        guard let need = answerer.needed, answerer.state.forwards.indices.contains(group) else { return }
        let isRefresh = answerer.outcome.deferred == nil
        let forward = answerer.state.forwards[group]
        guard !forward.patience.isBroken else {
            // A lane could say no more.
            resolver?.noteBroken(forward)
            return isRefresh ? () : refuse(index, client, isTooMuch: isTooMuch, &batch, &answerer)
        }
        if !isRefresh { replies.owe() }
        let job = ResolverJob(
            origin: isRefresh ? .refresh : .datagram(replies, envelope: batch.envelope(at: index)),
            message: isRefresh ? [] : batch.message(at: index), client: client, listen: listen, start: start,
            need: need, group: forward)
        if resolver?.submit(job) ?? false { return }
        guard !isRefresh else { return }
        replies.forgive()
        refuse(index, client, isTooMuch: isTooMuch, &batch, &answerer)
    }

    private func refuse(
        _ index: Int, _ client: QueryClient, isTooMuch: Bool, _ batch: inout DatagramBatch, _ answerer: inout Answerer
    ) {
        if isTooMuch { resolver?.noteOverload() } else { answerNow(index, client, &batch, &answerer) }
    }

    private func answerNow(
        _ index: Int, _ client: QueryClient, _ batch: inout DatagramBatch, _ answerer: inout Answerer
    ) {
        answerer.patience = .isOver
        batch.respond(at: index) { message, response in
            answerer.answer(message, from: client, into: response)
        }
        answerer.patience = .waits
    }
}
