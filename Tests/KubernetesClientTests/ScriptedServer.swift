import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP server on loopback that answers each request with octets from a script, as they stand.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case send(String)
        case pause(Duration)
        /// Closes the connection.
        case close
    }

    /// A request as it came: its first line and its headers, names in lower case.
    struct Request: Sendable {
        var target: String
        var headers: [String: String]

        var path: String { String(target.prefix { $0 != "?" }) }

        fileprivate init(_ text: String) {
            let lines = text.split(separator: "\r\n")
            target = lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            headers = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingPrefix(" ").description
            }
        }
    }

    typealias Script = @Sendable (Request) -> [Step]

    private struct State {
        var requests: [Request] = []
        var openCount = 0
        var changed: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let script: Script
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
    var requests: [Request] { state.withLock { $0.requests } }
    var openConnectionCount: Int { state.withLock { $0.openCount } }

    private init(_ script: @escaping Script) { self.script = script }

    /// Runs `body` with a server on a free port, or on `port`.
    static func with<Value>(
        tls: TLSConfiguration? = nil, port: Int = 0, _ script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let server = ScriptedServer(script)
        try await server.start(tls, port)
        do {
            let value = try await body(server)
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }

    func start(_ tls: TLSConfiguration?, _ port: Int) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(Connection(self))
                }
            }
        let bound = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
        channel.withLock { $0 = bound }
    }

    func stop() async { try? await channel.withLock { $0 }?.close() }

    /// Waits until `condition` holds; checked when connections come, go and ask.
    func wait(until condition: @Sendable (ScriptedServer) -> Bool) async {
        while !condition(self) {
            await withCheckedContinuation { changed in state.withLock { $0.changed.append(changed) } }
        }
    }

    private func change(_ edit: (inout State) -> Void) {
        let waiting = state.withLock { state in
            edit(&state)
            defer { state.changed = [] }
            return state.changed
        }
        for continuation in waiting { continuation.resume() }
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let server: ScriptedServer
        private var received = ""

        init(_ server: ScriptedServer) { self.server = server }

        func channelActive(context: ChannelHandlerContext) { server.change { $0.openCount += 1 } }
        func channelInactive(context: ChannelHandlerContext) { server.change { $0.openCount -= 1 } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            while let end = received.firstRange(of: "\r\n\r\n") {
                let request = Request(String(received[..<end.lowerBound]))
                received = String(received[end.upperBound...])
                server.change { $0.requests.append(request) }
                play(server.script(request)[...], context.channel)
            }
        }

        private func play(_ steps: ArraySlice<Step>, _ channel: any Channel) {
            guard let step = steps.first else { return }
            let rest = steps.dropFirst()
            switch step {
            case .send(let text):
                channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
                play(rest, channel)
            case .pause(let duration):
                channel.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(duration)) { self.play(rest, channel) }
            case .close: channel.close(promise: nil)
            }
        }
    }
}

extension ScriptedServer.Step {
    /// A whole response.
    static func response(
        _ status: Int = 200, type: String = "application/json", headers: [String] = [], _ body: String = ""
    ) -> Self {
        let lines = ["HTTP/1.1 \(status) X", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + headers
        return .send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// A whole response with status 200 and JSON.
    static func response(_ body: String) -> Self { .response(200, body) }

    /// The head of a response whose body comes in chunks.
    static func head(type: String = "application/json") -> Self {
        .send("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    static func chunk(_ text: String) -> Self {
        .send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    static let lastChunk = Self.send("0\r\n\r\n")
}
