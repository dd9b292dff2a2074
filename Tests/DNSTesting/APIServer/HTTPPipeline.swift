import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

/// The handlers below the one that answers requests.
enum HTTPPipeline {
    typealias Configurator = @Sendable (any Channel) -> EventLoopFuture<Void>

    static func configurePlain(_ channel: any Channel, _ next: @escaping Configurator) -> EventLoopFuture<Void> {
        channel.pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false).flatMap { next(channel) }
    }

    /// HTTP/2 or 1.1, as the client wishes (ALPN); each stream of HTTP/2 has a channel of its own.
    static func configureTLS(
        _ channel: any Channel, _ tls: NIOSSLContext, _ next: @escaping Configurator
    ) -> EventLoopFuture<Void> {
        do {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.configureCommonHTTPServerPipeline(next)
    }
}
