import NIOCore

/// Holds back the reads of a connection as `ReadPace` says; stands next to the socket.
final class ReadPacingHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never

    private let start = ContinuousClock.now
    private var pace = ReadPace(now: .zero)
    private var octetCount = 0
    private var delayedRead: Scheduled<Void>?

    private var now: Duration { start.duration(to: .now) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        octetCount += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pace.noteRead(octetCount, now: now)
        octetCount = 0
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        guard delayedRead == nil else { return }
        let delay = pace.nextReadTime - now
        guard delay > .zero else { return context.read() }
        delayedRead = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
            self?.delayedRead = nil
            context.read()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        delayedRead?.cancel()
        delayedRead = nil
    }
}
