import Admin
import Answering
import ClusterZone
import Corefile
import DNSWire
import Logging
import NIOCore
import NIOPosix
import NetworkAddress
import Serving

/// The sources of admin pages for a Corefile given as text.
struct AdminTestServer {
    private struct Loader: CorefileLoader {
        var text: String
        func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] { Array(text.utf8) }
        func files(matching pattern: String) -> [String] { [] }
        func environmentVariable(_ name: String) -> String? { nil }
    }

    let publisher: Publisher
    let board = StatisticsBoard()
    let series = SeriesRegistry()
    let log = QueryLogRing()
    let build = BuildInformation(version: "1.2.3", revision: "abc", compiler: "swift6.3.1")

    var configuration: ServerConfiguration { publisher.state.configuration }

    init(_ text: String) throws {
        let configuration = try Self.configuration(text, series)
        let state = ServingState(
            generation: 1, configuration: configuration,
            zones: configuration.registries.map { .init(options: $0.options, serial: 1) },
            hosts: configuration.hosts.map { HostsTable(inline: $0) })
        publisher = Publisher(state)
    }

    static func configuration(_ text: String, _ series: SeriesRegistry = SeriesRegistry()) throws -> ServerConfiguration
    {
        try ServerConfiguration(
            Corefile.parse(file: "Corefile", loader: Loader(text: text)), directory: ".",
            environment: ConfigurationEnvironment(), series: series)
    }

    func sources(_ figures: AdminFigures = AdminFigures()) -> AdminSources {
        AdminSources(build: build, publisher: publisher, board: board, series: series, log: log) { figures }
    }

    func server(_ figures: AdminFigures = AdminFigures(), limits: AdminLimits = AdminLimits()) -> AdminServer {
        AdminServer(
            sources: sources(figures), group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, limits: limits)
    }

    /// Counts one query of the first block and its response.
    func count(_ transport: QueryTransport, _ family: IPFamily, _ type: RRType, _ rcode: RCODE, series index: Int = 0) {
        var statistics = SeriesStatistics()
        statistics.countRequest(transport, family, type: type, dnssecOK: true, octets: 41)
        let plugin = DirectiveOrder.answeringPlugins.firstIndex(of: "hosts") ?? 0
        statistics.countResponse(transport, rcode: rcode, plugin: plugin, octets: 68, isTruncated: transport == .udp)
        statistics.countDuration(nanoseconds: 300_000)
        var all = Array(repeating: SeriesStatistics(), count: index)
        all.append(statistics)
        board.publish(board.join(), all, busyNanoseconds: 1_000_000)
    }
}

/// Sends octets, and gives back everything that comes until the other side closes.
func exchange(_ request: String, at address: SocketAddress) async throws -> String {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let done = loop.makePromise(of: String.self)
    let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(done)) }
    }
    do {
        let channel = try await bootstrap.connect(to: address).get()
        try? await channel.writeAndFlush(ByteBuffer(string: request))
    } catch {
        done.fail(error)
    }
    return try await done.futureResult.get()
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var received = ByteBuffer()
    private let done: EventLoopPromise<String>

    init(_ done: EventLoopPromise<String>) { self.done = done }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
    }
    func channelInactive(context: ChannelHandlerContext) { done.succeed(String(buffer: received)) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
