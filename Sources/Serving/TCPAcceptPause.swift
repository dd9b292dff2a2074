import CLinux
import Glibc
package import NIOCore

/// Pauses a listening socket while the process or the machine has no room for another connection.
///
/// Without it the event loop would turn without end: the kernel goes on to report the connection that waits. Connections
/// never get the last descriptors, since what runs beside them cannot do without: Dispatch ends the process where it
/// finds none.
package final class TCPAcceptPause: ChannelInboundHandler {
    package typealias InboundIn = any Channel
    package typealias InboundOut = any Channel

    private static let pause = TimeAmount.seconds(1)
    /// What accept(2) says when descriptors or memory have run out.
    private static let shortages: Set<Int32> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    private let shortage: () -> Int32
    private var isPaused = false

    /// `shortage` is what `clinux_descriptor_shortage` says, or a test.
    package init(shortage: @escaping () -> Int32 = clinux_descriptor_shortage) { self.shortage = shortage }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let shortage = shortage()
        if shortage > 0 { pause(context) }
        // Several are accepted at once: the first into the reserve is served, and those behind it wait in the kernel.
        if shortage > 1 { return unwrapInboundIn(data).close(promise: nil) }
        context.fireChannelRead(data)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.shortages.contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        pause(context)
    }

    private func pause(_ context: ChannelHandlerContext) {
        guard !isPaused else { return }
        isPaused = true
        let channel = context.channel
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPaused = false
            // A channel that was closed meanwhile refuses, as it should.
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
