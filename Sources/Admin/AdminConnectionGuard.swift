import NIOCore
import Synchronization

/// How many connections an address has.
final class AdminConnectionCount: Sendable {
    private let count = Atomic(0)

    /// Takes one place of `max`; false when all are taken.
    func take(max: Int) -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= max { return true }
        giveBack()
        return false
    }

    func giveBack() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// The first handler of an admin connection: bounds octets and time of each request, before anything reads it.
final class AdminConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let tooLarge = """
        HTTP/1.1 431 Request Header Fields Too Large\r
        Content-Length: 0\r
        Connection: close\r
        \r

        """

    private let limits: AdminLimits
    private let connections: AdminConnectionCount
    private var isCounted = false
    private var isRefused = false
    /// Octets since the last request ended.
    private var octetCount = 0
    private var timeout: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(limits: AdminLimits, connections: AdminConnectionCount) {
        self.limits = limits
        self.connections = connections
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        isCounted = connections.take(max: limits.connectionCountMax)
        guard isCounted else { return context.close(promise: nil) }
        startTimeout(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        self.context = nil
        if isCounted { connections.giveBack() }
        isCounted = false
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let octets = unwrapInboundIn(data)
        octetCount += octets.readableBytes
        if octetCount > limits.requestOctetCountMax { return refuse(context) }
        context.fireChannelRead(data)
    }

    /// A whole request is there: the next one has the limits for itself.
    func requestEnded() {
        octetCount = 0
        if let context { startTimeout(context) }
    }

    /// Closes only the sending half: closing both would reset a client that still sends, and so lose it the answer.
    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.tooLarge)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    private func startTimeout(_ context: ChannelHandlerContext) {
        timeout?.cancel()
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: limits.requestTimeout) { [weak self] in
            self?.context?.close(promise: nil)
        }
    }
}
