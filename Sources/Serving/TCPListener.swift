package import Answering
import CLinux
import Glibc
package import NIOCore
import NIOPosix
import NetworkAddress
import Synchronization

/// DNS over TCP at one address (RFC 7766), or over TLS (RFC 7858): its connections spread over the event loops.
///
/// One socket listens, or those that the process was started with.
package final class TCPListener: Sendable {
    private struct Running {
        var servers: [any Channel] = []
        var lanes: [NIOLoopBound<TCPLane>] = []
    }

    private static let ipv6Only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .init(rawValue: IPV6_V6ONLY))

    package let listen: ListenAddress
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let group: any EventLoopGroup
    private let inherited: [InheritedSocket]
    /// How connections are taken from now on.
    private let endpoint: Mutex<TCPEndpoint>
    private let running = Mutex(Running())

    package init(
        _ endpoint: TCPEndpoint, publisher: Publisher, board: StatisticsBoard, log: QueryLogRing,
        resolver: Resolver? = nil, group: any EventLoopGroup, inherited: [InheritedSocket] = []
    ) {
        listen = endpoint.address
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        self.group = group
        self.inherited = inherited
        self.endpoint = Mutex(endpoint)
    }

    /// Takes connections in another way from now on; those that are open go on as they are.
    package func use(_ endpoint: TCPEndpoint) {
        self.endpoint.withLock { $0 = endpoint }
        let lanes = running.withLock { $0.lanes }
        let part = Self.part(of: endpoint.limits, count: lanes.count)
        for lane in lanes { lane.eventLoop.execute { lane.value.limits = part } }
    }

    /// Whether it takes connections from sockets that the process was started with.
    var isInherited: Bool { !inherited.isEmpty }

    /// Opens the port and serves what comes; throws without anything left running.
    package func bind() async throws(SocketError) {
        let lanes = await makeLanes()
        do {
            let servers = try await open(lanes)
            running.withLock { $0 = Running(servers: servers, lanes: lanes) }
        } catch {
            for lane in lanes { await Self.stop(lane) }
            throw SocketError(listen: listen, transport: .tcp, errno: (error as? IOError)?.errnoCode ?? EINVAL)
        }
    }

    /// Closes the port once the connections waiting there are accepted; those that are open go on.
    ///
    /// Those in the queue of an inherited socket are left there for the next process.
    package func stopAccepting() async {
        let servers = running.withLock { running in
            defer { running.servers = [] }
            return running.servers
        }
        guard let server = servers.first else { return }
        if inherited.isEmpty {
            try? await server.eventLoop.scheduleTask(in: TCPLimits.closingTime) {}.futureResult.get()
        }
        for server in servers { try? await server.close() }
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
        let part = Self.part(of: endpoint.withLock { $0.limits }, count: loops.count)
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

    private static func part(of limits: TCPLimits, count: Int) -> TCPLimits {
        var part = limits
        part.connectionCountMax = max(1, limits.connectionCountMax / max(1, count))
        part.heldOctetCountMax = limits.heldOctetCountMax / max(1, count)
        return part
    }

    /// Listens on the inherited sockets, else on one of its own.
    private func open(_ lanes: [NIOLoopBound<TCPLane>]) async throws -> [any Channel] {
        guard !inherited.isEmpty else { return [try await bind(lanes)] }
        var servers: [any Channel] = []
        do {
            for socket in inherited {
                let descriptor = clinux_duplicate(socket.descriptor)
                if descriptor < 0 { throw IOError(errnoCode: -descriptor, reason: "dup") }
                servers.append(try await bootstrap(lanes).withBoundSocket(descriptor).get())
            }
            return servers
        } catch {
            for server in servers { try? await server.close() }
            throw error
        }
    }

    /// All local addresses means one socket for both families, or IPv4 alone where the machine has no IPv6.
    private func bind(_ lanes: [NIOLoopBound<TCPLane>]) async throws -> any Channel {
        let bootstrap = bootstrap(lanes)
            .serverChannelOption(.backlog, value: TCPLimits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1)
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
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let lane = lanes.first(where: { $0.eventLoop === channel.eventLoop }) else { return }
                    if let identity = self.endpoint.withLock({ $0.identity }) {
                        try TLSPipeline.add(identity, to: channel.pipeline.syncOperations)
                    }
                    try channel.pipeline.syncOperations.addHandler(TCPConnectionHandler(lane: lane.value))
                }
            }
    }
}
