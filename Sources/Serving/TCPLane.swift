package import Answering
import CLinux
import DNSWire
package import NIOCore
import TSIG
import Transfers

/// The connections of one listener that live on one event loop, and the answerer they share; never left by either.
package final class TCPLane {
    /// Counts are copied to the board at most this often.
    private static let publishInterval = TimeAmount.milliseconds(10)
    /// How many connections that may make room are looked up at once.
    private static let victimCountMax = 128

    /// Those of connections that are made from now on.
    var limits: TCPLimits
    let eventLoop: any EventLoop
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let listen: ListenAddress
    private let resolver: Resolver?
    private let boardID: Int
    var answerer: Answerer
    /// Where each response is written first; always `Answerer.tcpOctetCountMax` octets long.
    private var scratch: ByteBuffer
    /// Responses with their lengths, on their way to one connection.
    private var outbound = ByteBuffer()
    private var connections: [ObjectIdentifier: TCPConnectionHandler] = [:]
    /// Idle connections that may make room, the oldest last.
    private var victims: [TCPConnectionHandler] = []
    /// The octets all connections hold.
    private var heldOctetCount = 0
    /// Transfers under way.
    var transferCount = 0
    /// Those that begin when others are over, the first to come first.
    var waitingTransfers: [() -> Void] = []
    private var sweeper: Scheduled<Void>?
    private var published = NIODeadline.distantPast
    private var isPublishingLater = false
    private var busyNanoseconds: UInt64 = 0
    private var emptied: EventLoopPromise<Void>?
    /// When connections that are still open while the server stops are closed anyhow.
    private var drainEnd: NIODeadline?

    /// `limits` are this lane's part of the listener's.
    package init(
        listen: ListenAddress, publisher: Publisher, board: StatisticsBoard, log: QueryLogRing,
        resolver: Resolver? = nil, limits: TCPLimits, eventLoop: any EventLoop
    ) {
        self.listen = listen
        self.resolver = resolver
        self.limits = limits
        self.eventLoop = eventLoop
        self.publisher = publisher
        self.board = board
        self.log = log
        boardID = board.join()
        answerer = Answerer(listen: listen, state: publisher.state)
        scratch = ByteBuffer(repeating: 0, count: Answerer.tcpOctetCountMax)
        announceIdleTimeout()
        sweepLater()
    }

    var now: NIODeadline { eventLoop.now }

    /// Takes a new connection, at the cost of the one idle for the longest where there is no room; false refuses it.
    func admit(_ connection: TCPConnectionHandler) -> Bool {
        guard drainEnd == nil, connections.count < limits.connectionCountMax || evictOldestIdle() else { return false }
        connections[ObjectIdentifier(connection)] = connection
        announceIdleTimeout()
        return true
    }

    func remove(_ connection: TCPConnectionHandler) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        announceIdleTimeout()
        if connections.isEmpty { emptied?.succeed() }
    }

    /// Takes the newest state; to be called before the messages of one read.
    func refresh() {
        if let next = publisher.newer(than: answerer.state.generation) { answerer.use(next) }
    }

    /// Queues the response to one message; returns its octets with the length, 0 for silence.
    ///
    /// Nil where the answer comes later: `completion` is then called once, on the event loop, with the response.
    func answer(
        _ message: ByteBuffer, from client: QueryClient, since start: NIODeadline,
        _ completion: @escaping (ByteBuffer) -> Void
    ) -> Int? {
        answerer.now = clinux_monotonic_nanoseconds()
        var octetCount = Self.answer(message, from: client, &answerer, &scratch, &outbound)
        if answerer.outcome.deferred != nil {
            if answerLater(message, from: client, completion) { return nil }
            answerer.patience = .isOver
            octetCount = Self.answer(message, from: client, &answerer, &scratch, &outbound)
            answerer.patience = .waits
        } else if let group = answerer.outcome.refresh, let job = makeJob(.refresh, [], client, group) {
            _ = resolver?.submit(job)
        }
        if answerer.outcome.isSampled { log.traffic.push(answerer.makeRecord(client)) }
        if answerer.outcome.isLogged || answerer.outcome.isError { keepRecord(client, since: start) }
        return octetCount
    }

    /// Hands a query over to a resolver lane; false where none takes it.
    private func answerLater(
        _ message: ByteBuffer, from client: QueryClient, _ completion: @escaping (ByteBuffer) -> Void
    ) -> Bool {
        guard let group = answerer.outcome.deferred, let resolver else { return false }
        let bound = NIOLoopBound(completion, eventLoop: eventLoop)
        let origin = ResolverJob.Origin.stream { octets in
            bound.eventLoop.execute { bound.value(ByteBuffer(bytes: octets)) }
        }
        guard let job = makeJob(origin, Array(message.readableBytesView), client, group) else { return false }
        return resolver.submit(job)
    }

    private func makeJob(
        _ origin: ResolverJob.Origin, _ message: [UInt8], _ client: QueryClient, _ group: Int
    ) -> ResolverJob? {
        guard let need = answerer.needed, answerer.state.forwards.indices.contains(group) else { return nil }
        return ResolverJob(
            origin: origin, message: message, client: client, listen: listen, start: answerer.now, need: need,
            group: answerer.state.forwards[group], keepalive: answerer.keepalive)
    }

    private static func answer(
        _ message: ByteBuffer, from client: QueryClient, _ answerer: inout Answerer, _ scratch: inout ByteBuffer,
        _ outbound: inout ByteBuffer
    ) -> Int {
        let count = answerer.answer(message.readableBytesSpan, from: client, into: scratch.mutableReadableBytesSpan)
        guard count > 0 else { return 0 }
        outbound.writeInteger(UInt16(truncatingIfNeeded: count))
        outbound.writeBytes(scratch.readableBytesSpan.extracting(first: count))
        return 2 + count
    }

    /// Queues a response that came later; returns its octets with the length.
    func queue(_ response: ByteBuffer) -> Int {
        guard response.readableBytes > 0 else { return 0 }
        outbound.writeInteger(UInt16(truncatingIfNeeded: response.readableBytes))
        outbound.writeImmutableBuffer(response)
        return 2 + response.readableBytes
    }

    /// The transfer that is the answer to the last message, where that was silent.
    func takeTransfer() -> StartedTransfer? { answerer.takeTransfer() }

    /// Octets of the responses that `takeResponses` would return.
    var queuedOctetCount: Int { outbound.readableBytes }

    /// The responses queued since the last call, in memory of their own; nil when there are none.
    func takeResponses() -> ByteBuffer? {
        guard outbound.readableBytes > 0 else { return nil }
        defer { outbound.clear() }
        return ByteBuffer(buffer: outbound)
    }

    /// Counts the time of the messages answered since `start`, and leaves the counts on the board, now or soon.
    func settle(since start: NIODeadline) {
        let now = eventLoop.now
        let nanoseconds = UInt64(max(0, (now - start).nanoseconds))
        answerer.settle(nanoseconds: nanoseconds)
        busyNanoseconds &+= nanoseconds
        if now >= published + Self.publishInterval {
            publish()
        } else if !isPublishingLater {
            isPublishingLater = true
            eventLoop.assumeIsolated().scheduleTask(in: Self.publishInterval) { [weak self] in self?.publish() }
        }
    }

    /// A connection holds so many octets more; false when all together hold too many.
    func hold(_ change: Int) -> Bool {
        heldOctetCount += change
        return change <= 0 || heldOctetCount <= limits.heldOctetCountMax
    }

    /// Lets what is under way end; the future is done when no connection is left, soon after `end` at the latest.
    package func drain(until end: NIODeadline) -> EventLoopFuture<Void> {
        drainEnd = end
        let emptied = emptied ?? eventLoop.makePromise()
        self.emptied = emptied
        for connection in connections.values { connection.drain() }
        announceIdleTimeout()
        if connections.isEmpty { emptied.succeed() }
        return emptied.futureResult
    }

    /// Gives up the lane's place; to be called once, when it is drained.
    package func stop() {
        sweeper?.cancel()
        publish()
        board.leave(boardID)
    }

    private var idleTimeout: TimeAmount {
        connections.count * 4 > limits.connectionCountMax * 3 ? limits.crowdedIdleTimeout : limits.idleTimeout
    }

    /// Clients that ask are told the timeout in force; 0, "close at once", while the server stops (RFC 7828 §3.2.2).
    private func announceIdleTimeout() {
        let tenths = drainEnd == nil ? idleTimeout.nanoseconds / 100_000_000 : 0
        answerer.keepalive = UInt16(clamping: tenths)
    }

    private func sweepLater() {
        sweeper = eventLoop.assumeIsolated().scheduleTask(in: limits.sweepInterval) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        let (now, idleTimeout) = (eventLoop.now, idleTimeout)
        let isOver = drainEnd.map { now >= $0 } ?? false
        for connection in Array(connections.values) {
            if isOver { connection.abort() } else { connection.tick(at: now, idleTimeout: idleTimeout) }
        }
        victims = []
        sweepLater()
    }

    /// Finds candidates many at a time, so that a full listener does not look through all of them for each newcomer.
    private func evictOldestIdle() -> Bool {
        if victims.isEmpty {
            let idle = connections.values.compactMap { connection in connection.idleSince.map { ($0, connection) } }
            victims = idle.sorted { $0.0 > $1.0 }.suffix(Self.victimCountMax).map(\.1)
        }
        while let victim = victims.popLast() {
            guard victim.idleSince != nil else { continue }
            victim.evict()
            return true
        }
        return false
    }

    private func keepRecord(_ client: QueryClient, since start: NIODeadline) {
        var record = answerer.makeRecord(client)
        record.durationNanoseconds = UInt64(max(0, (eventLoop.now - start).nanoseconds))
        log.push(record, isLogged: answerer.outcome.isLogged)
    }

    private func publish() {
        isPublishingLater = false
        published = eventLoop.now
        board.publish(boardID, answerer.statistics, busyNanoseconds: busyNanoseconds)
    }
}
