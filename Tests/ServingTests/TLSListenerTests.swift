import APIServerTesting
import Answering
import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import NetworkAddress
import Testing

@testable import Serving

/// A client over TLS on the loopback interface, whose octets are collected.
private final class TLSTestClient {
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var stream: [UInt8] = []
        private let wanted: Int
        private let answers: EventLoopPromise<[[UInt8]]>

        init(_ wanted: Int, _ answers: EventLoopPromise<[[UInt8]]>) {
            self.wanted = wanted
            self.answers = answers
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            stream += Array(unwrapInboundIn(data).readableBytesView)
            let messages = TCPTestServer.messages(stream)
            if messages.count >= wanted { answers.succeed(messages) }
        }
        func channelInactive(context: ChannelHandlerContext) { answers.succeed(TCPTestServer.messages(stream)) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    let channel: any Channel
    /// Done with `wanted` answers, or with fewer when the connection ends.
    let answers: EventLoopFuture<[[UInt8]]>

    init(_ port: UInt16, _ files: TLSTestFiles, showsCertificate: Bool = false, wanted: Int = 1) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(files.certificates.authority.path)
        if showsCertificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificates.client.path)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: files.certificates.clientKey.path, format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: [[UInt8]].self)
        answers = promise.futureResult
        let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                try channel.pipeline.syncOperations.addHandler(Collector(wanted, promise))
            }
        }
        do {
            channel = try await bootstrap.connect(host: "127.0.0.1", port: Int(port)).get()
        } catch {
            promise.fail(error)
            throw error
        }
    }

    func send(_ octets: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: octets)) }
}

/// DNS over TLS (RFC 7858) with real sockets on the loopback interface.
@Suite(.timeLimit(.minutes(1))) struct TLSListenerTests {
    private let files: TLSTestFiles
    private let server: TCPTestServer

    init() async throws {
        files = try TLSTestFiles()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = UInt16(try #require(channel.localAddress?.port))
        try await channel.close()
        server = try TCPTestServer(port: port)
    }

    private func listener(
        _ authentication: TLSDefinition.ClientAuthentication = .none, _ limits: TCPLimits = TCPLimits()
    ) async throws -> TCPListener {
        let listener = TCPListener(
            TCPEndpoint(server.listen, limits: limits, identity: try files.identity(authentication)),
            publisher: server.publisher, board: server.board, log: server.log,
            group: MultiThreadedEventLoopGroup.singleton)
        try await listener.bind()
        return listener
    }

    private func client(
        _ files: TLSTestFiles? = nil, showsCertificate: Bool = false, wanted: Int = 1
    ) async throws -> TLSTestClient {
        try await TLSTestClient(
            server.listen.port, files ?? self.files, showsCertificate: showsCertificate, wanted: wanted)
    }

    @Test func hundredPipelinedQueriesGetHundredAnswers() async throws {
        let listener = try await listener()
        let client = try await client(wanted: 100)
        var octets: [UInt8] = []
        for id in UInt16(0)..<100 { octets += try TCPTestServer.query(id: id, "one.test") }
        try await client.send(octets)
        let messages = try await client.answers.get()
        #expect(Set(messages.map { UInt16($0[0]) << 8 | UInt16($0[1]) }) == Set(0..<100))
        try await client.channel.close()
        await listener.drain(for: .seconds(5))
    }

    /// Whether each `client_auth` takes a client without a certificate, with one, and with one of another authority.
    @Test(
        arguments: zip(
            TLSDefinition.ClientAuthentication.allCases,
            [
                [true, true, true], [true, true, true], [false, true, true], [true, true, false], [false, true, false],
            ]))
    func clientsShowWhatIsAskedOf(_ mode: TLSDefinition.ClientAuthentication, _ want: [Bool]) async throws {
        let listener = try await listener(mode)
        let stranger = try TLSTestFiles()
        // The stranger trusts our server, and shows a certificate that ours does not know.
        try FileManager.default.removeItem(at: stranger.certificates.authority)
        try FileManager.default.copyItem(at: files.certificates.authority, to: stranger.certificates.authority)
        let clients = [
            try await client(), try await client(showsCertificate: true),
            try await client(stranger, showsCertificate: true),
        ]
        var isAnswered: [Bool] = []
        for client in clients {
            try? await client.send(try TCPTestServer.query(id: 7, "one.test"))
            isAnswered.append(try await client.answers.get().count == 1)
            try? await client.channel.close()
        }
        #expect(isAnswered == want)
        await listener.drain(for: .seconds(5))
    }

    /// The next handshake has the new certificate; a connection that is open lives on.
    @Test func certificateIsSwapped() async throws {
        let listener = try await listener()
        let old = try await client(wanted: 2)
        try await old.send(try TCPTestServer.query(id: 1, "one.test"))
        let renewed = try TLSTestFiles()
        listener.use(TCPEndpoint(server.listen, identity: try renewed.identity()))
        let new = try await client(renewed)
        try await new.send(try TCPTestServer.query(id: 3, "two.test"))
        #expect(try await new.answers.get().count == 1)
        let distrusting = try await client()
        try? await distrusting.send(try TCPTestServer.query(id: 4, "two.test"))
        #expect(try await distrusting.answers.get().isEmpty)
        try await old.send(try TCPTestServer.query(id: 2, "one.test"))
        #expect(try await old.answers.get().count == 2)
        await listener.drain(for: .seconds(5))
    }

    /// The server's end of it is the deadline of a silent TCP connection, whatever has come of the handshake.
    @Test(arguments: [[], [22, 3, 1], [22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]] as [[UInt8]])
    func handshakesThatNeverEndAreClosed(_ octets: [UInt8]) async throws {
        var limits = TCPLimits()
        limits.silenceTimeout = .milliseconds(300)
        limits.sweepInterval = .milliseconds(50)
        let listener = try await listener(.none, limits)
        let start = ContinuousClock.now
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: Int(server.listen.port)).get()
        // On a busy machine the server may be first.
        if !octets.isEmpty { try? await channel.writeAndFlush(ByteBuffer(bytes: octets)) }
        try await channel.closeFuture.get()
        #expect(ContinuousClock.now - start >= .milliseconds(250))
        await listener.drain(for: .seconds(5))
    }

    /// Octets that are no TLS, and TLS 1.1, end the connection at once; so does each of many that leave in its midst.
    @Test func whatIsNoHandshakeIsClosed() async throws {
        let listener = try await listener()
        let group = MultiThreadedEventLoopGroup.singleton
        for octets in [try TCPTestServer.query(id: 1, "one.test"), [21, 3, 3, 0, 2, 2, 40], [128, 46, 1, 0, 2]] {
            let channel = try await ClientBootstrap(group: group)
                .connect(host: "127.0.0.1", port: Int(server.listen.port)).get()
            try await channel.writeAndFlush(ByteBuffer(bytes: octets))
            try await channel.closeFuture.get()
        }
        for _ in 0..<200 {
            let channel = try await ClientBootstrap(group: group)
                .connect(host: "127.0.0.1", port: Int(server.listen.port)).get()
            channel.writeAndFlush(ByteBuffer(bytes: [22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]), promise: nil)
            try await channel.close()
        }
        let client = try await client()
        try await client.send(try TCPTestServer.query(id: 7, "one.test"))
        #expect(try await client.answers.get().count == 1)
        await listener.drain(for: .seconds(5))
    }

    /// A client that sends its goodbye after its queries, and waits, still gets the answers.
    @Test func goodbyeBehindQueriesDoesNotCostTheAnswers() async throws {
        let listener = try await listener()
        let client = try await client(wanted: 1)
        try await client.send(try TCPTestServer.query(id: 7, "one.test"))
        try? await client.channel.close(mode: .output)
        #expect(try await client.answers.get().count == 1)
        await listener.drain(for: .seconds(5))
    }

    /// The end of the stream is no failure of the connection: answers that are on their way are still sent.
    @Test func endWithoutAGoodbyeIsNoError() throws {
        let channel = EmbeddedChannel(handler: TLSEventHandler())
        channel.pipeline.fireErrorCaught(NIOSSLError.uncleanShutdown)
        try channel.throwIfErrorCaught()
        channel.pipeline.fireErrorCaught(NIOSSLError.readInInvalidTLSState)
        #expect(throws: NIOSSLError.self) { try channel.throwIfErrorCaught() }
    }
}
