import NIOCore

/// Holds back the reads of a connection as `ReadPace` says; stands next to the socket.
final class ReadPacingHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never

    /// What is there sooner after a read that was held back was there already.
    private static let awaitedTime = Duration.milliseconds(1)

    private let start = ContinuousClock.now
    private var pace = ReadPace(now: .zero)
    private var octetCount = 0
    private var delayedRead: Scheduled<Void>?
    /// When the read was made that had been held back.
    private var delayedReadTime: Duration?

    private var now: Duration { start.duration(to: .now) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        octetCount += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let now = now
        let wasAwaited = delayedReadTime.map { now - $0 < Self.awaitedTime } ?? false
        pace.noteRead(octetCount, wasAwaited: wasAwaited, now: now)
        (octetCount, delayedReadTime) = (0, nil)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        guard delayedRead == nil else { return }
        let delay = pace.nextReadTime - now
        guard delay > .zero else { return context.read() }
        delayedRead = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
            if let self { (delayedRead, delayedReadTime) = (nil, self.now) }
            context.read()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        delayedRead?.cancel()
        delayedRead = nil
    }
}
