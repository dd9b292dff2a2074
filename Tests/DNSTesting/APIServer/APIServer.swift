import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A Kubernetes API server in memory, with real sockets: what tests, scenarios and benchmarks list and watch.
///
/// It speaks HTTP/1.1, and over TLS HTTP/2 too, JSON and protobuf, as kube-apiserver 1.32 does: `kubectl` reads from it
/// and writes to it. It checks little of what is written, so that broken objects can be served. Faults are asked for by
/// `add(_:)`; settings, objects and faults may be changed at any time from any thread.
package final class APIServer: Sendable {
    package struct Options: Sendable {
        /// 0: any free port.
        package var port = 0
        package var certificates: TestCertificates?
        /// Refuses clients that have no certificate of the same authority.
        package var needsClientCertificate = false
        package var settings = ServerSettings()
        /// How many changes of a resource are remembered, at least.
        package var historyLimit = 10_000
        /// The version before that of the first change.
        package var firstRevision: UInt64 = 1

        package init() {}
    }

    let state: Mutex<ServerState>
    let options: Options
    let group = MultiThreadedEventLoopGroup.singleton
    let connections = ConnectionTable()
    let kept = Mutex<ServerBackup?>(nil)
    private let listener = Mutex<(channel: (any Channel)?, port: Int)>((nil, 0))

    package init(_ options: Options = Options()) {
        self.options = options
        let store = ObjectStore(revision: options.firstRevision, historyLimit: options.historyLimit)
        state = Mutex(ServerState(store: store, settings: options.settings))
    }

    /// The port on 127.0.0.1; stays the same when the server stops and starts again.
    package var port: Int { listener.withLock { $0.port } }

    /// `https://127.0.0.1:6443`, or `http` without certificates.
    package var url: String { "\(options.certificates == nil ? "http" : "https")://127.0.0.1:\(port)" }

    /// Listens.
    package func start() async throws {
        let channel = try await bootstrap().bind(host: "127.0.0.1", port: port == 0 ? options.port : port).get()
        listener.withLock { $0 = (channel, channel.localAddress?.port ?? 0) }
    }

    /// Stops listening and breaks all connections; objects, versions and history stay.
    package func stop() async {
        let channel = listener.withLock { listener in
            defer { listener.channel = nil }
            return listener.channel
        }
        try? await channel?.close()
        connections.closeAll()
    }

    private func bootstrap() throws -> ServerBootstrap {
        let tls = try options.certificates?.serverContext(needsClientCertificate: options.needsClientCertificate)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                self.configure(channel, tls: tls)
            }
    }

    private func configure(_ channel: any Channel, tls: NIOSSLContext?) -> EventLoopFuture<Void> {
        let connection = connections.add(channel)
        let handler: @Sendable (any Channel) -> EventLoopFuture<Void> = { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(RequestHandler(server: self, connection: connection))
            }
        }
        guard let tls else { return HTTPPipeline.configurePlain(channel, handler) }
        return HTTPPipeline.configureTLS(channel, tls, handler)
    }
}
