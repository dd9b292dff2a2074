import Answering
import Glibc
import NIOCore
import NIOSSL
import NIOTLS

/// The handlers that stand between a socket and a connection's messages where these are encrypted.
enum TLSPipeline {
    /// Octets of ciphertext that a connection keeps room for between writes.
    private static let keptOctetCount = 4096

    /// To be called before the handler of the messages is added.
    static func add(_ identity: TLSIdentity, to pipeline: ChannelPipeline.SynchronousOperations) throws {
        var configuration = NIOSSLServerHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = keptOctetCount
        let takesAny = identity.definition.clientAuthentication.takesAny
        // Without a verdict of ours a certificate that is shown would be held against the list of authorities.
        let handler = NIOSSLServerHandler(
            context: identity.context,
            customVerificationCallback: takesAny ? { _, verdict in verdict.succeed(.certificateVerified) } : nil,
            configuration: configuration)
        try pipeline.addHandler(handler)
        try pipeline.addHandler(TLSEventHandler())
    }
}

/// What becomes of TLS' own events.
final class TLSEventHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let quickAcknowledgement = ChannelOptions.Types.SocketOption(
        level: .tcp, name: .init(rawValue: TCP_QUICKACK))

    /// Acknowledges the client's last message of the handshake at once.
    ///
    /// The tickets that would carry the acknowledgement leave with the first answer, and a client with Nagle's algorithm
    /// holds its first query back until its last message is acknowledged: 40 ms.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            try? context.channel.syncOptions?.setOption(Self.quickAcknowledgement, value: 1)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Takes the end of a TCP stream as the end of the messages, with a goodbye of TLS before it or without.
    ///
    /// Each message has its length, so one that is cut off is known as such, and the answers to those before it are due.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
        context.fireErrorCaught(error)
    }
}
