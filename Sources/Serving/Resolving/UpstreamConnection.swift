import Answering
import NIOCore
import NIOSSL
import NIOTLS

/// One connection to an upstream: messages out, replies to them in any order (RFC 7766 §6.2.1.1).
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Owed {
        var request: UpstreamPool.Request
        /// The ID that the message had.
        var id: UInt16
        var time: NIODeadline
    }

    /// A connection that brings nothing for this long while it owes replies is given up.
    private static let silence = TimeAmount.seconds(3)

    let ready: EventLoopPromise<Void>
    private let expire: TimeAmount
    private let eventLoop: any EventLoop
    private let opened: NIODeadline
    private var context: ChannelHandlerContext?
    private var owed: [UInt16: Owed] = [:]
    private var nextID = UInt16.random(in: .min ... .max)
    private var inbound = ByteBuffer()
    private var lastOctet: NIODeadline
    private var watch: Scheduled<Void>?
    private var isReady = false
    private var isClosing = false

    init(eventLoop: any EventLoop, expire: Duration) {
        self.eventLoop = eventLoop
        self.expire = TimeAmount.nanoseconds(Int64(clamping: expire.nanoseconds))
        ready = eventLoop.makePromise()
        opened = eventLoop.now
        lastOctet = eventLoop.now
    }

    var owedCount: Int { owed.count }

    /// Whether another message may be sent; a connection older than `maxAge` is not used again.
    func isUsable(maxAge: Duration) -> Bool {
        guard isReady, !isClosing, owed.count < Int(UInt16.max) / 2 else { return false }
        return maxAge == .zero || (eventLoop.now - opened).nanoseconds < Int64(clamping: maxAge.nanoseconds)
    }

    func send(_ request: UpstreamPool.Request) {
        guard let context, request.octets.count >= 12, request.octets.count <= Int(UInt16.max) else {
            return request.completion(nil)
        }
        // Half of the IDs are free, so the walk ends.
        repeat { nextID &+= 1 } while owed[nextID] != nil
        let id = UInt16(request.octets[0]) << 8 | UInt16(request.octets[1])
        if owed.isEmpty { lastOctet = eventLoop.now }
        owed[nextID] = Owed(request: request, id: id, time: eventLoop.now)
        var buffer = context.channel.allocator.buffer(capacity: request.octets.count + 2)
        buffer.writeInteger(UInt16(truncatingIfNeeded: request.octets.count))
        buffer.writeInteger(nextID)
        buffer.writeBytes(request.octets[2...])
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        watchLater()
    }

    /// What was sent and not answered; the connection owes nothing afterwards.
    func takeOwed() -> [UpstreamPool.Request] {
        defer { owed = [:] }
        return owed.values.sorted { $0.time < $1.time }.map(\.request)
    }

    func close() {
        isClosing = true
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        // Behind TLS the handshake comes first.
        if (try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)) == nil { becomeReady() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { becomeReady() }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady() {
        guard !isReady else { return }
        isReady = true
        ready.succeed()
        watchLater()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        self.context = nil
        watch?.cancel()
        ready.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ready.fail(error)
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var octets = unwrapInboundIn(data)
        lastOctet = eventLoop.now
        if inbound.readableBytes == 0 { inbound = octets } else { inbound.writeBuffer(&octets) }
        while let length = inbound.getInteger(at: inbound.readerIndex, as: UInt16.self),
            inbound.readableBytes >= 2 + Int(length)
        {
            inbound.moveReaderIndex(forwardBy: 2)
            guard let message = inbound.readBytes(length: Int(length)), message.count >= 12 else {
                return context.close(promise: nil)
            }
            deliver(message)
        }
        if inbound.readableBytes == 0 { inbound = ByteBuffer() } else { inbound.discardReadBytes() }
    }

    private func deliver(_ message: [UInt8]) {
        let id = UInt16(message[0]) << 8 | UInt16(message[1])
        guard let owed = owed.removeValue(forKey: id) else { return }
        var message = message
        message[0] = UInt8(truncatingIfNeeded: owed.id >> 8)
        message[1] = UInt8(truncatingIfNeeded: owed.id)
        owed.request.completion(message)
    }

    /// Looks now and then whether the connection is idle for too long, or half open.
    private func watchLater() {
        guard watch == nil else { return }
        let pause = owed.isEmpty ? expire : Self.silence
        watch = eventLoop.assumeIsolated().scheduleTask(in: pause) { [weak self] in self?.look() }
    }

    private func look() {
        watch = nil
        guard !isClosing else { return }
        let isSilent = eventLoop.now - lastOctet >= (owed.isEmpty ? expire : Self.silence)
        if isSilent { close() } else { watchLater() }
    }
}
