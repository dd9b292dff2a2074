import Answering
import ClusterZone
import Corefile
import DNSWire
import NIOCore
import NIOEmbedded
import NIOPosix
import NetworkAddress
import Testing

@testable import Serving

/// A server of one block with two host names, for one port.
struct TCPTestServer {
    private struct Loader: CorefileLoader {
        var text: String
        func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] { Array(text.utf8) }
        func files(matching pattern: String) -> [String] { [] }
        func environmentVariable(_ name: String) -> String? { nil }
    }

    static let directives = "hosts {\n 10.0.0.1 one.test\n 10.0.0.2 two.test\n}"

    let publisher: Publisher
    let listen: ListenAddress
    let board = StatisticsBoard()
    let log = QueryLogRing()

    init(port: UInt16 = 1053, directives: String = TCPTestServer.directives) throws {
        let text = ".:\(port) {\n\(directives)\n}"
        let corefile = try Corefile.parse(file: "Corefile", loader: Loader(text: text))
        let configuration = try ServerConfiguration(
            corefile, directory: ".", environment: ConfigurationEnvironment(), series: SeriesRegistry())
        let state = ServingState(
            generation: 1, configuration: configuration,
            zones: configuration.registries.map { .init(options: $0.options, serial: 1) },
            hosts: configuration.hosts.map { HostsTable(inline: $0) })
        publisher = Publisher(state)
        listen = ListenAddress(address: nil, port: port)
    }

    /// A query for type A, with its length in front (RFC 1035 §4.1, RFC 7766 §8).
    static func query(id: UInt16, _ name: String, options: [UInt8]? = nil) throws -> [UInt8] {
        var message: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xFF), 0, 0, 0, 1, 0, 0, 0, 0, 0, options == nil ? 0 : 1]
        message += try Name(name).wire + [0, 1, 0, 1]
        if let options { message += [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, UInt8(options.count)] + options }
        return [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
    }

    /// The messages of a stream of octets; a cut last one is left out.
    static func messages(_ stream: [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var at = 0
        while at + 2 <= stream.count {
            let end = at + 2 + Int(stream[at]) << 8 + Int(stream[at + 1])
            guard end <= stream.count else { break }
            messages.append(Array(stream[at + 2..<end]))
            at = end
        }
        return messages
    }
}

/// One connection on an embedded channel: the clock is the test's.
struct TCPConnectionHandlerTests {
    private func makeChannel(_ server: TCPTestServer, _ limits: TCPLimits = TCPLimits()) throws -> EmbeddedChannel {
        let loop = EmbeddedEventLoop()
        let lane = lane(server, limits, loop)
        return try channel(lane, loop)
    }

    private func lane(_ server: TCPTestServer, _ limits: TCPLimits, _ loop: EmbeddedEventLoop) -> TCPLane {
        TCPLane(
            listen: server.listen, publisher: server.publisher, board: server.board, log: server.log, limits: limits,
            eventLoop: loop)
    }

    private func channel(_ lane: TCPLane, _ loop: EmbeddedEventLoop) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: TCPConnectionHandler(lane: lane), loop: loop)
        channel.connect(to: try SocketAddress(ipAddress: "::ffff:192.0.2.1", port: 5000), promise: nil)
        return channel
    }

    private func responses(_ channel: EmbeddedChannel) throws -> [[UInt8]] {
        var stream: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { stream += Array(buffer.readableBytesView) }
        return TCPTestServer.messages(stream)
    }

    @Test func responsesOfOneReadLeaveTogether() throws {
        let channel = try makeChannel(TCPTestServer())
        let octets = try TCPTestServer.query(id: 1, "one.test") + TCPTestServer.query(id: 2, "two.test")
        try channel.writeInbound(ByteBuffer(bytes: octets))
        let buffer = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        let messages = TCPTestServer.messages(Array(buffer.readableBytesView))
        #expect(messages.map { $0[0...1] } == [[0, 1], [0, 2]])
        #expect(messages.map { $0.suffix(4) } == [[10, 0, 0, 1], [10, 0, 0, 2]])
    }

    /// 100 responses of about 800 octets: more than the 64 KiB that are kept back, each far less.
    @Test func longRunsOfResponsesLeaveInParts() throws {
        let names = (1...48).map { "10.0.0.\($0) many.test" }.joined(separator: "\n")
        let channel = try makeChannel(TCPTestServer(directives: "hosts {\n\(names)\n}"))
        var octets: [UInt8] = []
        for id in UInt16(0)..<100 { octets += try TCPTestServer.query(id: id, "many.test") }
        try channel.writeInbound(ByteBuffer(bytes: octets))
        let first = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect((64 * 1024..<66 * 1024).contains(first.readableBytes))
        #expect(try TCPTestServer.messages(Array(first.readableBytesView)).count + responses(channel).count == 100)
    }

    @Test func garbageAfterAQueryDoesNotCostItsAnswer() throws {
        let channel = try makeChannel(TCPTestServer())
        try channel.writeInbound(ByteBuffer(bytes: TCPTestServer.query(id: 1, "one.test") + [0, 0]))
        #expect(try responses(channel).count == 1)
        #expect(!channel.isActive)
    }

    @Test func silentConnectionIsClosedWithinASweep() throws {
        let channel = try makeChannel(TCPTestServer())
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(4499))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(251))
        #expect(!channel.isActive)
    }

    @Test func fullListenerClosesTheOldestIdleConnection() throws {
        var limits = TCPLimits()
        limits.connectionCountMax = 2
        let loop = EmbeddedEventLoop()
        let lane = try lane(TCPTestServer(), limits, loop)
        let first = try channel(lane, loop)
        loop.advanceTime(by: .milliseconds(10))
        let second = try channel(lane, loop)
        loop.advanceTime(by: .milliseconds(10))
        try first.writeInbound(ByteBuffer(bytes: TCPTestServer.query(id: 1, "one.test")))
        _ = try responses(first)
        loop.advanceTime(by: .milliseconds(10))
        let third = try channel(lane, loop)
        #expect([first.isActive, second.isActive, third.isActive] == [true, false, true])
    }

    @Test func busyConnectionsKeepNewOnesOut() throws {
        var limits = TCPLimits()
        limits.connectionCountMax = 1
        let loop = EmbeddedEventLoop()
        let lane = try lane(TCPTestServer(), limits, loop)
        let first = try channel(lane, loop)
        try first.writeInbound(ByteBuffer(bytes: [0]))
        let second = try channel(lane, loop)
        #expect([first.isActive, second.isActive] == [true, false])
    }

    /// RFC 7828 §3.1: option 11, length 2, units of 100 ms; 0 asks the client to close.
    @Test func idleTimeoutIsAnnounced() throws {
        let loop = EmbeddedEventLoop()
        let lane = try lane(TCPTestServer(), TCPLimits(), loop)
        let channel = try channel(lane, loop)
        let query = try TCPTestServer.query(id: 1, "one.test", options: [0, 11, 0, 0])
        try channel.writeInbound(ByteBuffer(bytes: query))
        #expect(try responses(channel)[0].suffix(6) == [0, 11, 0, 2, 0, 100])
        _ = lane.drain(until: lane.now + .seconds(1))
        try channel.writeInbound(ByteBuffer(bytes: query))
        #expect(try responses(channel)[0].suffix(6) == [0, 11, 0, 2, 0, 0])
    }

    @Test func memoryOfAllConnectionsIsBounded() throws {
        var limits = TCPLimits()
        limits.heldOctetCountMax = 4000
        let channel = try makeChannel(TCPTestServer(), limits)
        try channel.writeInbound(ByteBuffer(bytes: [0xFF, 0xFF] + [UInt8](repeating: 0, count: 3000)))
        #expect(channel.isActive)
        try channel.writeInbound(ByteBuffer(bytes: [UInt8](repeating: 0, count: 3000)))
        #expect(!channel.isActive)
    }

    @Test func countsReachTheBoardAndTheLogKnowsTheClient() throws {
        let server = try TCPTestServer(directives: TCPTestServer.directives + "\nlog")
        let channel = try makeChannel(server)
        try channel.writeInbound(ByteBuffer(bytes: TCPTestServer.query(id: 7, "one.test")))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(20))
        let index = SeriesStatistics.requestIndex(.tcp, .ipv4, type: 0)
        #expect(server.board.totals.reduce(0) { $0 + $1.requests[index] } == 1)
        var records: [QueryRecord] = []
        server.log.drain(into: &records)
        #expect(records.map(\.remote) == [IPAddress(ipv4: 0xC000_0201)])
        #expect(records.map(\.remotePort) == [5000])
    }
}

/// Real sockets on the loopback interface.
struct TCPListenerTests {
    /// Collects octets until the other side closes.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var stream = ByteBuffer()
        private let done: EventLoopPromise<[UInt8]>
        init(_ done: EventLoopPromise<[UInt8]>) { self.done = done }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            stream.writeImmutableBuffer(unwrapInboundIn(data))
        }
        func channelInactive(context: ChannelHandlerContext) { done.succeed(Array(stream.readableBytesView)) }
    }

    /// A port that was free a moment ago.
    private func freePort() async throws -> UInt16 {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(
            host: "127.0.0.1", port: 0
        ).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return UInt16(port)
    }

    private func connect(_ port: UInt16) async throws -> (any Channel, EventLoopFuture<[UInt8]>) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: [UInt8].self)
        let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Collector(done))
            }
        }
        do {
            return (try await bootstrap.connect(host: "127.0.0.1", port: Int(port)).get(), done.futureResult)
        } catch {
            done.fail(error)
            throw error
        }
    }

    private func listener(_ server: TCPTestServer) -> TCPListener {
        TCPListener(
            TCPEndpoint(server.listen), publisher: server.publisher, board: server.board, log: server.log,
            group: MultiThreadedEventLoopGroup.singleton)
    }

    @Test(.timeLimit(.minutes(1))) func hundredPipelinedQueriesGetHundredAnswers() async throws {
        let server = try TCPTestServer(port: await freePort())
        let listener = listener(server)
        try await listener.bind()
        let (channel, stream) = try await connect(server.listen.port)
        var octets: [UInt8] = []
        for id in UInt16(0)..<100 { octets += try TCPTestServer.query(id: id, id % 2 == 0 ? "one.test" : "two.test") }
        try await channel.writeAndFlush(ByteBuffer(bytes: octets))
        // The client says that it is done, and still gets everything.
        try await channel.close(mode: .output)
        let messages = TCPTestServer.messages(try await stream.get())
        #expect(Set(messages.map { UInt16($0[0]) << 8 | UInt16($0[1]) }) == Set(0..<100))
        #expect(messages.allSatisfy { $0.last == ($0[1] % 2 == 0 ? 1 : 2) })
        await listener.drain(for: .seconds(5))
    }

    @Test(.timeLimit(.minutes(1))) func drainAnswersAndClosesOpenConnections() async throws {
        let server = try TCPTestServer(port: await freePort())
        let listener = listener(server)
        try await listener.bind()
        let (channel, stream) = try await connect(server.listen.port)
        try await channel.writeAndFlush(ByteBuffer(bytes: TCPTestServer.query(id: 1, "one.test")))
        await listener.drain(for: .seconds(5))
        #expect(TCPTestServer.messages(try await stream.get()).count == 1)
        await #expect(throws: (any Error).self) { try await connect(server.listen.port) }
    }

    @Test func portInUseNamesTheHolderAndTheRemedy() async throws {
        let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(
            host: "0.0.0.0", port: 0
        ).get()
        let port = UInt16(try #require(holder.localAddress?.port))
        let listener = listener(try TCPTestServer(port: port))
        let error = await #expect(throws: SocketError.self) { try await listener.bind() }
        #expect(error?.description.contains("cannot listen on tcp :\(port): the port is in use by") == true)
        try await holder.close()
    }

    @Test(.timeLimit(.minutes(1))) func addressesComeAndGo() async throws {
        let (kept, gone) = (try await freePort(), try await freePort())
        let server = try TCPTestServer(port: kept)
        let listeners = TCPListeners(
            publisher: server.publisher, board: server.board, log: server.log,
            group: MultiThreadedEventLoopGroup.singleton)
        let address = ListenAddress(address: IPAddress(ipv4: 0x7F00_0001), port: gone)
        try await listeners.start([TCPEndpoint(server.listen), TCPEndpoint(address)])
        await listeners.stopAll(except: [server.listen], within: .seconds(1))
        let (channel, _) = try await connect(kept)
        try await channel.close()
        await #expect(throws: (any Error).self) { try await connect(gone) }
        await listeners.stopAll(within: .seconds(1))
    }
}
