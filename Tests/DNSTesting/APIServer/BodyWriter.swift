import NIOCore
import NIOHTTP1
import Synchronization

/// Sends one response, in the way that the faults want it.
///
/// Used on the event loop of its channel only.
final class BodyWriter {
    private let context: ChannelHandlerContext
    private let connection: Connection
    private let effects: Effects
    /// Called once, when the response is complete.
    private let finished: () -> Void
    private var sent = 0
    /// Octets that wait because of `slow`.
    private var waiting = ByteBuffer()
    private var isDripping = false
    private var isEnding = false
    private var isOver = false

    init(_ context: ChannelHandlerContext, _ connection: Connection, _ effects: Effects, finished: @escaping () -> Void)
    {
        self.context = context
        self.connection = connection
        self.effects = effects
        self.finished = finished
    }

    /// `length` nil: until `end`, in chunks.
    func begin(_ code: Int, contentType: String, headers extra: [(String, String)] = [], length: Int?) {
        guard !isMute else { return }
        var headers = HTTPHeaders(extra)
        headers.add(name: "Content-Type", value: contentType)
        headers.add(name: "Cache-Control", value: "no-cache, private")
        if let length { headers.add(name: "Content-Length", value: String(length)) }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: code), headers: headers)
        write(.head(head))
        context.flush()
    }

    func write(_ octets: ByteBuffer) {
        guard !isMute, !isOver, octets.readableBytes > 0 else { return }
        if let cut = effects.cut { return write(octets, cutAfter: cut) }
        guard let slowness = effects.slowness else {
            write(.body(.byteBuffer(octets)))
            return context.flush()
        }
        waiting.writeImmutableBuffer(octets)
        if !isDripping { drip(slowness.octets, TimeAmount(slowness.interval)) }
    }

    func end() {
        guard !isMute, !isOver else { return }
        isEnding = true
        if isDripping { return }
        isOver = true
        write(.end(nil))
        context.flush()
        finished()
    }

    /// The channel is gone.
    func abandon() { isOver = true }

    private var isMute: Bool {
        connection.isMute.load(ordering: .relaxed) || effects.has(.silence)
    }

    private func write(_ part: HTTPServerResponsePart) {
        context.write(RequestHandler.wrapOutboundOut(part), promise: nil)
    }

    private func write(_ octets: ByteBuffer, cutAfter cut: Int) {
        let rest =
            octets.getSlice(at: octets.readerIndex, length: min(octets.readableBytes, cut - sent)) ?? ByteBuffer()
        sent += rest.readableBytes
        write(.body(.byteBuffer(rest)))
        context.flush()
        guard sent >= cut else { return }
        isOver = true
        connection.channel.close(promise: nil)
    }

    private func drip(_ count: Int, _ interval: TimeAmount) {
        guard !isOver else { return }
        isDripping = waiting.readableBytes > 0
        guard let octets = waiting.readSlice(length: min(count, waiting.readableBytes)), isDripping else {
            waiting.clear()
            return isEnding ? end() : ()
        }
        write(.body(.byteBuffer(octets)))
        context.flush()
        context.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.drip(count, interval) }
    }
}
