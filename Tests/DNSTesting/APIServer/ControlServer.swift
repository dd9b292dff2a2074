import NIOCore
import NIOPosix
import Synchronization

extension APIServer {
    /// Opens the control API on 127.0.0.1 and returns the port; 0 is any free one.
    package func startControl(port: Int = 0) async throws -> Int {
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                HTTPPipeline.configurePlain(channel) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ControlHandler(self))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return channel.localAddress?.port ?? 0
    }

    /// How many objects a resource has.
    package func count(_ type: ResourceType) -> Int { state.withLock { $0.store.objects(type).count } }

    /// Remembers the objects for `restoreKeptBackup`.
    func keepBackup() {
        let backup = backup()
        kept.withLock { $0 = backup }
    }

    func restoreKeptBackup() throws(UnreadableText) {
        guard let backup = kept.withLock({ $0 }) else {
            throw UnreadableText(description: "there is nothing to restore; ask for backup first")
        }
        restore(backup)
    }
}
