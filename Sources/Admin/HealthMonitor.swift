package import NIOCore
import NIOPosix
import ServiceLifecycle

/// Asks the server's own `/health` once a second: a process with no time for that has none for queries either.
package struct HealthMonitor: Service {
    private static let interval = Duration.seconds(1)
    private static let timeout = TimeAmount.seconds(3)

    private let server: AdminServer
    private let group: any EventLoopGroup

    package init(server: AdminServer, group: any EventLoopGroup) {
        self.server = server
        self.group = group
    }

    /// Runs until the task is cancelled or the service group shuts down.
    package func run() async throws {
        // Cancelled, so that the end waits for no sleep: until the process is gone, the next one cannot begin.
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                if !Task.isCancelled, let address = server.localAddress(of: .health) { await ask(address) }
            }
        }
    }

    /// Makes one request, and counts it with the time it took.
    func ask(_ address: SocketAddress) async {
        let start = ContinuousClock.now
        let isHealthy = (try? await request(address)) ?? false
        server.countHealthRequest(start.duration(to: .now), isFailure: !isHealthy)
    }

    private func request(_ address: SocketAddress) async throws -> Bool {
        let loop = group.next()
        let answer = loop.makePromise(of: Bool.self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(Self.timeout).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(HealthRequestHandler(answer, timeout: Self.timeout))
            }
        }
        bootstrap.connect(to: Self.reachable(address)).whenFailure { answer.fail($0) }
        return try await answer.futureResult.get()
    }

    /// A socket bound to every address is asked over the loopback interface.
    private static func reachable(_ address: SocketAddress) -> SocketAddress {
        let port = address.port ?? 0
        let host = ["::": "::1", "0.0.0.0": "127.0.0.1"][address.ipAddress ?? ""]
        return host.flatMap { try? SocketAddress(ipAddress: $0, port: port) } ?? address
    }
}

/// Sends the request, and tells whether the status line of the answer says 200.
private final class HealthRequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    private static let success = Array("HTTP/1.1 200 ".utf8)

    private let answer: EventLoopPromise<Bool>
    private let limit: TimeAmount
    private var received: [UInt8] = []
    private var timeout: Scheduled<Void>?

    init(_ answer: EventLoopPromise<Bool>, timeout: TimeAmount) {
        self.answer = answer
        limit = timeout
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.request)), promise: nil)
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Only the status line is of interest, and the page is ours, so this stays small.
        received += unwrapInboundIn(data).readableBytesView.prefix(
            Self.success.count - min(received.count, Self.success.count))
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        answer.succeed(received == Self.success)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
