import NIOCore
import NIOHTTP1

/// Answers each request with the page of its path: GET and HEAD only.
final class AdminRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: AdminConnectionGuard
    /// The answer to a path with its query; nil where no page is.
    private let answer: @Sendable (_ path: Substring, _ query: Substring) -> AdminAnswer?
    private var request: HTTPRequestHead?

    init(
        connection: AdminConnectionGuard, answer: @escaping @Sendable (Substring, Substring) -> AdminAnswer?
    ) {
        self.connection = connection
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        // What a GET may carry means nothing to these pages; the guard bounds it.
        case .body: break
        case .end:
            connection.requestEnded()
            if let request { respond(to: request, context) }
            request = nil
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func respond(to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let answer = answer(to: request)
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: answer.contentType)
        headers.add(name: "Content-Length", value: String(answer.body.count))
        if answer.status == 405 { headers.add(name: "Allow", value: "GET, HEAD") }
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        if !request.isKeepAlive {
            promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    private func answer(to request: HTTPRequestHead) -> AdminAnswer {
        guard request.method == .GET || request.method == .HEAD else {
            return AdminAnswer(405, "only GET and HEAD are answered here\n")
        }
        let parts = request.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return answer(parts.first ?? "", parts.count > 1 ? parts[1] : "")
            ?? AdminAnswer(404, "no page is here; see the directives health, ready and prometheus\n")
    }
}
