import Answering
import NIOCore
import NIOPosix
import NIOSSL
import NetworkAddress
import Synchronization

/// Connections to upstreams, over TCP and TLS: kept, pipelined, and made anew (RFC 7766, RFC 7858).
final class UpstreamStreams: Sendable {
    /// What makes connections alike.
    fileprivate struct Key: Hashable {
        var address: UpstreamAddress
        var tls: ClientTLS
        var serverName: String?
    }

    typealias Completion = @Sendable ([UInt8]?) -> Void

    private let group: any EventLoopGroup
    private let pools = Mutex<[Key: UpstreamPool]>([:])

    init(group: any EventLoopGroup) { self.group = group }

    /// Sends a message; `completion` is called once, on an event loop: with the reply to it, or nil where none can come.
    func send(
        _ octets: [UInt8], to address: UpstreamAddress, _ definition: ForwardDefinition,
        _ statistics: ForwardStatistics, _ completion: @escaping Completion
    ) {
        let key = Key(address: address, tls: definition.tls, serverName: definition.tlsServerName)
        let pool = pools.withLock { pools in
            if let known = pools[key] { return known }
            let pool = UpstreamPool(address, definition, group.next())
            pools[key] = pool
            return pool
        }
        pool.send(octets, statistics, completion)
    }

    func close() async {
        let all = pools.withLock { pools in
            defer { pools = [:] }
            return Array(pools.values)
        }
        for pool in all { await pool.close() }
    }
}

/// The connections to one upstream; all on one event loop.
final class UpstreamPool: Sendable {
    /// Connections at once: more only move the queue into the upstream.
    private static let connectionCountMax = 8
    /// Questions that one connection may owe before another is opened.
    private static let pipelineCount = 64
    private static let connectTimeout = TimeAmount.seconds(2)
    /// Waiting for a connection that is being made.
    private static let waitingCountMax = 1024
    /// After a connection could not be made: no other is tried before.
    private static let refusalPause = TimeAmount.milliseconds(500)

    struct Request {
        var octets: [UInt8]
        var statistics: ForwardStatistics
        var completion: UpstreamStreams.Completion
        /// Sent before, on a connection that went away without an answer.
        var isRepeated = false
    }

    private struct State {
        var connections: [UpstreamConnection] = []
        var connectingCount = 0
        var waiting: [Request] = []
        var refusedUntil = NIODeadline.distantPast
        var isClosed = false
    }

    private let address: UpstreamAddress
    private let definition: ForwardDefinition
    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    init(_ address: UpstreamAddress, _ definition: ForwardDefinition, _ eventLoop: any EventLoop) {
        self.address = address
        self.definition = definition
        self.eventLoop = eventLoop
        state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    private var proto: ForwardFigures.ConnectionProtocol { address.isTLS ? .tls : .tcp }

    func send(
        _ octets: [UInt8], _ statistics: ForwardStatistics, _ completion: @escaping UpstreamStreams.Completion
    ) {
        eventLoop.execute { [self] in
            take(Request(octets: octets, statistics: statistics, completion: completion))
        }
    }

    private func take(_ request: Request) {
        guard !state.value.isClosed else { return request.completion(nil) }
        let usable = state.value.connections.filter { $0.isUsable(maxAge: definition.maxAge) }
        let best = usable.min { $0.owedCount < $1.owedCount }
        let open = state.value.connections.count + state.value.connectingCount
        if let best, best.owedCount < Self.pipelineCount || open >= Self.connectionCountMax {
            request.statistics.noteConnection(to: address.description, proto: proto, isHit: true)
            return best.send(request)
        }
        guard state.value.waiting.count < Self.waitingCountMax else { return request.completion(nil) }
        // An upstream that refuses is not knocked at for every question.
        if state.value.connectingCount == 0, eventLoop.now < state.value.refusedUntil {
            return request.completion(nil)
        }
        state.value.waiting.append(request)
        if open < Self.connectionCountMax, state.value.connectingCount == 0 { connect(request.statistics) }
    }

    private func connect(_ statistics: ForwardStatistics) {
        statistics.noteConnection(to: address.description, proto: proto, isHit: false)
        state.value.connectingCount += 1
        let connection = UpstreamConnection(eventLoop: eventLoop, expire: definition.expire)
        open(connection).assumeIsolated().whenComplete { [self] result in
            state.value.connectingCount -= 1
            switch result {
            case .success(let channel): opened(connection, channel)
            case .failure: refused()
            }
        }
    }

    private func opened(_ connection: UpstreamConnection, _ channel: any Channel) {
        guard !state.value.isClosed else { return channel.close(promise: nil) }
        state.value.refusedUntil = .distantPast
        state.value.connections.append(connection)
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in gone(connection) }
        let waiting = state.value.waiting
        state.value.waiting = []
        for request in waiting { connection.send(request) }
    }

    private func refused() {
        state.value.refusedUntil = eventLoop.now + Self.refusalPause
        let waiting = state.value.waiting
        state.value.waiting = []
        for request in waiting { request.completion(nil) }
    }

    /// What a connection owed when it went away is asked once more on another.
    private func gone(_ connection: UpstreamConnection) {
        state.value.connections.removeAll { $0 === connection }
        for var request in connection.takeOwed() {
            if request.isRepeated || state.value.isClosed {
                request.completion(nil)
            } else {
                request.isRepeated = true
                take(request)
            }
        }
    }

    private func open(_ connection: UpstreamConnection) -> EventLoopFuture<any Channel> {
        do {
            let place = address.zone.isEmpty ? "\(address.address)" : "\(address.address)%\(address.zone)"
            let remote = try SocketAddress(ipAddress: place, port: Int(address.port))
            var bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(Self.connectTimeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            if let source = definition.sourceAddress {
                bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source.description, port: 0))
            }
            let tls = try UpstreamTLS.handler(for: address, definition)
            let handlers = NIOLoopBound((tls, connection), eventLoop: eventLoop)
            return bootstrap.channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (tls, connection) = handlers.value
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }.connect(to: remote).flatMap { channel in
                // With TLS the connection is there once the handshake is done.
                handlers.value.1.ready.futureResult.map { channel }
            }
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }

    func close() async {
        try? await eventLoop.submit { [self] in
            state.value.isClosed = true
            for connection in state.value.connections { connection.close() }
            refused()
        }.get()
    }
}
