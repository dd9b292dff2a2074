import NIOCore
import NIOHTTP1
import Synchronization

/// Reads requests of one channel and sends what `APIServer` answers; one at a time.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let bodyOctetCountMax = 64 * 1024 * 1024

    private let server: APIServer
    private let connection: Connection
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var writer: BodyWriter?
    private var watch: WatchDriver?

    init(server: APIServer, connection: Connection) {
        self.server = server
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
        case .body(let octets):
            if body.readableBytes + octets.readableBytes > Self.bodyOctetCountMax { return context.close(promise: nil) }
            body.writeImmutableBuffer(octets)
        case .end: if let head { begin(head, context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let call = APICall(
            method: head.method.rawValue, uri: head.uri, accept: head.headers["Accept"].joined(separator: ","),
            contentType: head.headers.first(name: "Content-Type") ?? "",
            authorization: head.headers.first(name: "Authorization"), body: body)
        let effects = server.state.withLock { $0.admit(call) }
        let writer = BodyWriter(context, connection, effects) { [weak self] in
            self?.forget()
            // With HTTP/2 the stream ends by itself, and the connection goes on.
            if head.version.major == 1, !head.isKeepAlive { context.close(promise: nil) }
        }
        self.writer = writer
        after(effects.latency, context) {
            // A watch of a client that has gone meanwhile would never be taken back.
            if context.channel.isActive { self.answer(call, effects, writer, context) }
        }
    }

    private func answer(
        _ call: APICall, _ effects: Effects, _ writer: BodyWriter, _ context: ChannelHandlerContext
    ) {
        let loop = context.eventLoop
        let target = NIOLoopBound(writer, eventLoop: loop)
        let answer = server.answer(call, effects) { frame in loop.execute { target.value.write(frame) } }
        switch answer {
        case .response(let response):
            after(response.delay, context) {
                writer.begin(
                    response.code, contentType: response.contentType, headers: response.headers,
                    length: response.body.readableBytes)
                writer.write(response.body)
                writer.end()
            }
        case .watch(let opening):
            writer.begin(200, contentType: opening.representation.contentType(isWatch: true), length: nil)
            watch = WatchDriver(opening, server, writer, loop)
        }
    }

    private func after(_ delay: Duration, _ context: ChannelHandlerContext, _ body: @escaping () -> Void) {
        if delay == .zero { return body() }
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { body() }
    }

    private func forget() {
        writer?.abandon()
        watch?.stop()
        writer = nil
        watch = nil
    }
}

/// Sends the bookmarks of a watch and ends it in time.
///
/// Used on one event loop only.
final class WatchDriver {
    private let opening: WatchOpening
    private let server: APIServer
    private let writer: BodyWriter
    private var timers: [Scheduled<Void>] = []
    private var repeated: RepeatedTask?

    init(_ opening: WatchOpening, _ server: APIServer, _ writer: BodyWriter, _ loop: any EventLoop) {
        self.opening = opening
        self.server = server
        self.writer = writer
        if !opening.frames.isEmpty {
            writer.write(opening.frames.dropFirst().reduce(into: opening.frames[0]) { $0.writeImmutableBuffer($1) })
        }
        if opening.watcher == nil { writer.end() } else { schedule(loop) }
    }

    func stop() {
        if let id = opening.watcher { server.state.withLock { $0.removeWatcher(id) } }
        for timer in timers { timer.cancel() }
        repeated?.cancel()
    }

    private func schedule(_ loop: any EventLoop) {
        let isolated = loop.assumeIsolated()
        timers.append(isolated.scheduleTask(in: TimeAmount(opening.timeout)) { self.writer.end() })
        guard let interval = opening.bookmarkInterval.map(TimeAmount.init) else { return }
        let last = opening.timeout - opening.lastBookmarkLead
        if last > .zero { timers.append(isolated.scheduleTask(in: TimeAmount(last)) { self.sendBookmark() }) }
        let bound = NIOLoopBound(self, eventLoop: loop)
        repeated = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in bound.value.sendBookmark()
        }
    }

    private func sendBookmark() {
        guard let id = opening.watcher, let frame = server.state.withLock({ $0.bookmark(for: id) }) else { return }
        writer.write(frame)
    }
}
