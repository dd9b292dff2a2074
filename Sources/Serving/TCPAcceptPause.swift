import Glibc
package import NIOCore

/// Pauses a listening socket while the process or the machine has no room for another connection.
///
/// Without it the event loop would turn without end: the kernel goes on to report the connection that waits.
package final class TCPAcceptPause: ChannelInboundHandler {
    package typealias InboundIn = any Channel

    private static let pause = TimeAmount.seconds(1)
    /// What accept(2) says when descriptors or memory have run out.
    private static let shortages: Set<Int32> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    package init() {}

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.shortages.contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        let channel = context.channel
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            // A channel that was closed meanwhile refuses, as it should.
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
