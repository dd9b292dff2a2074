package import Answering
import Glibc
package import NIOCore
import NIOPosix
import NetworkAddress
import Synchronization

/// DNS over TCP at one address (RFC 7766): one listening socket, its connections spread over the event loops.
package final class TCPListener: Sendable {
    private struct Running {
        var server: (any Channel)?
        var lanes: [NIOLoopBound<TCPLane>] = []
    }

    private static let ipv6Only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .init(rawValue: IPV6_V6ONLY))

    package let listen: ListenAddress
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let group: any EventLoopGroup
    private let limits: TCPLimits
    private let running = Mutex(Running())

    package init(
        listen: ListenAddress, publisher: Publisher, board: StatisticsBoard, log: QueryLogRing,
        resolver: Resolver? = nil, group: any EventLoopGroup, limits: TCPLimits = TCPLimits()
    ) {
        self.listen = listen
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        self.group = group
        self.limits = limits
    }

    /// Opens the port and serves what comes; throws without anything left running.
    package func bind() async throws(SocketError) {
        let lanes = await makeLanes()
        do {
            let server = try await bind(lanes)
            running.withLock { $0 = Running(server: server, lanes: lanes) }
        } catch {
            for lane in lanes { await Self.stop(lane) }
            throw SocketError(listen: listen, transport: .tcp, errno: (error as? IOError)?.errnoCode ?? EINVAL)
        }
    }

    /// Closes the port once the connections waiting there are accepted; those that are open go on.
    package func stopAccepting() async {
        let server = running.withLock { running in
            defer { running.server = nil }
            return running.server
        }
        guard let server else { return }
        try? await server.eventLoop.scheduleTask(in: TCPLimits.closingTime) {}.futureResult.get()
        try? await server.close()
    }

    /// Answers what is under way, and closes every connection: when it falls silent, or when `time` is over.
    package func drain(for time: TimeAmount) async {
        await stopAccepting()
        let lanes = running.withLock { running in
            defer { running.lanes = [] }
            return running.lanes
        }
        await withTaskGroup(of: Void.self) { tasks in
            for lane in lanes {
                tasks.addTask {
                    try? await lane.eventLoop.flatSubmit { lane.value.drain(until: lane.eventLoop.now + time) }.get()
                    await Self.stop(lane)
                }
            }
        }
    }

    private static func stop(_ lane: NIOLoopBound<TCPLane>) async {
        try? await lane.eventLoop.submit { lane.value.stop() }.get()
    }

    /// One lane for each event loop, each with its part of the limits.
    private func makeLanes() async -> [NIOLoopBound<TCPLane>] {
        let loops = Array(group.makeIterator())
        var part = limits
        part.connectionCountMax = max(1, limits.connectionCountMax / loops.count)
        part.heldOctetCountMax = limits.heldOctetCountMax / loops.count
        var lanes: [NIOLoopBound<TCPLane>] = []
        for loop in loops {
            let lane = loop.submit { [part, self] in
                let lane = TCPLane(
                    listen: self.listen, publisher: self.publisher, board: self.board, log: self.log,
                    resolver: self.resolver, limits: part, eventLoop: loop)
                return NIOLoopBound(lane, eventLoop: loop)
            }
            // Only a loop that has shut down refuses work, and then there is nothing to listen for.
            if let lane = try? await lane.get() { lanes.append(lane) }
        }
        return lanes
    }

    /// All local addresses means one socket for both families, or IPv4 alone where the machine has no IPv6.
    private func bind(_ lanes: [NIOLoopBound<TCPLane>]) async throws -> any Channel {
        let bootstrap = bootstrap(lanes)
        let port = Int(listen.port)
        if let address = listen.address {
            return try await bootstrap.bind(to: SocketAddress(ipAddress: address.description, port: port)).get()
        }
        do {
            let any = try SocketAddress(ipAddress: "::", port: port)
            return try await bootstrap.serverChannelOption(Self.ipv6Only, value: 0).bind(to: any).get()
        } catch let error as IOError where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) {
            return try await bootstrap.bind(to: SocketAddress(ipAddress: "0.0.0.0", port: port)).get()
        }
    }

    private func bootstrap(_ lanes: [NIOLoopBound<TCPLane>]) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: TCPLimits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TCPAcceptPause())
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: TCPLimits.receiveOctetCount)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let lane = lanes.first(where: { $0.eventLoop === channel.eventLoop }) else { return }
                    try channel.pipeline.syncOperations.addHandler(TCPConnectionHandler(lane: lane.value))
                }
            }
    }
}
