import NIOCore
import NIOHTTP1
import Synchronization

/// The control API: plain HTTP on a port of its own, so that it answers whatever happens to the other.
///
/// What there is: see `Control`.
final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: APIServer
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ server: APIServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
        case .body(let octets): body.writeImmutableBuffer(octets)
        case .end:
            guard let head else { return }
            let call = APICall(method: head.method.rawValue, uri: head.uri, body: body)
            let promise = context.eventLoop.makePromise(of: Response.self)
            promise.completeWithTask { [server] in await Control(server).answer(call) }
            promise.futureResult.assumeIsolated().whenSuccess { self.respond($0, context) }
        }
    }

    private func respond(_ response: Response, _ context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Content-Type": response.contentType, "Content-Length": String(response.body.readableBytes),
        ]
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: response.code), headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}
