import Glibc
import NIOCore
import NIOSSL
import Transfers

/// A connection to a primary, which is asked one thing after the other.
struct TransferConnection: Sendable {
    /// What is sent, signed, and what takes the answer.
    struct Question: Sendable {
        var octets: [UInt8]
        var intake: TransferIntake
    }

    /// The primary has closed a connection that it had answered on, before it could see the question.
    struct Stale: Error {}

    /// Without an octet for so long a primary counts as gone, and a connection that nobody needs is closed.
    private static let silenceMax = TimeAmount.seconds(15)

    private let channel: any Channel
    private let handler: NIOLoopBound<TransferHandler>

    private init(_ channel: any Channel, _ handler: NIOLoopBound<TransferHandler>) {
        self.channel = channel
        self.handler = handler
    }

    /// To be called on the event loop of `channel`, before it is connected.
    static func prepare(_ channel: any Channel) throws -> TransferConnection {
        let handler = TransferHandler()
        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: silenceMax))
        try channel.pipeline.syncOperations.addHandler(handler)
        return TransferConnection(channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
    }

    var isOpen: Bool { channel.isActive }

    func close() { channel.close(promise: nil) }

    /// Returns when the last message of the answer has come; to be called for one question at a time.
    ///
    /// Throws `TransferFailure`, or `Stale` where the question is worth another connection.
    func ask(_ question: Question) async throws -> TransferIntake.Result {
        let promise = channel.eventLoop.makePromise(of: TransferIntake.Result.self)
        channel.eventLoop.execute { handler.value.ask(question, promise) }
        return try await promise.futureResult.get()
    }

    /// What the system says, where it is the system that does.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return error is ChannelError ? "no answer in time" : "\(error)" }
        // SAFETY: the text is the system's own, and copied at once.
        return unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) } ?? "error \(error.errnoCode)"
    }
}

/// Sends questions, and puts the messages of the answers together.
private final class TransferHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var intake: TransferIntake?
    private var promise: EventLoopPromise<TransferIntake.Result>?
    private var inbound = ByteBuffer()
    /// Whether anything came, ever and since the last question.
    private var hasEverRead = false
    private var hasRead = false
    private var answeredCount = 0
    /// Why there is no connection any more.
    private var end: TransferFailure?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func ask(_ question: TransferConnection.Question, _ promise: EventLoopPromise<TransferIntake.Result>) {
        (self.promise, intake, hasRead) = (promise, question.intake, false)
        guard end == nil, let context, context.channel.isActive else {
            return fail(end ?? .cut("the connection was closed"))
        }
        var buffer = context.channel.allocator.buffer(capacity: 2 + question.octets.count)
        buffer.writeInteger(UInt16(question.octets.count))
        buffer.writeBytes(question.octets)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        (hasEverRead, hasRead) = (true, true)
        var octets = unwrapInboundIn(data)
        inbound.writeBuffer(&octets)
        while promise != nil, let length = inbound.getInteger(at: inbound.readerIndex, as: UInt16.self),
            inbound.readableBytes >= 2 + Int(length)
        {
            inbound.moveReaderIndex(forwardBy: 2)
            guard let message = inbound.readBytes(length: Int(length)) else { return }
            do throws(TransferFailure) {
                guard let result = try intake?.take(message, now: UInt64(max(0, time(nil)))) else { continue }
                answeredCount += 1
                promise?.succeed(result)
                (promise, intake) = (nil, nil)
            } catch {
                close(context, error)
            }
        }
        inbound.discardReadBytes()
        // More than was asked for.
        if promise == nil, inbound.readableBytes > 0 { close(context, .malformed) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { close(context, .cut("it says nothing more")) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        close(context, .cut("the connection was closed"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            close(context, hasEverRead ? .cut("\(error)") : .handshake("\(error)"))
        default: close(context, .cut(TransferConnection.reason(error)))
        }
    }

    private func close(_ context: ChannelHandlerContext, _ failure: TransferFailure) {
        if end == nil { end = failure }
        fail(failure)
        context.close(promise: nil)
    }

    private func fail(_ failure: TransferFailure) {
        guard let promise else { return }
        (self.promise, intake) = (nil, nil)
        if case .cut = failure, answeredCount > 0, !hasRead {
            promise.fail(TransferConnection.Stale())
        } else {
            promise.fail(failure)
        }
    }
}
