import Admin
import Corefile
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import Testing

@testable import Admin

/// Real sockets on the loopback interface.
@Suite(.timeLimit(.minutes(1))) struct AdminServerTests {
    /// Ports that were free a moment ago.
    private static func freePorts(_ count: Int) async throws -> [Int] {
        var channels: [any Channel] = []
        for _ in 0..<count {
            let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            channels.append(try await bootstrap.bind(host: "127.0.0.1", port: 0).get())
        }
        let ports = channels.compactMap(\.localAddress?.port)
        for channel in channels { try await channel.close() }
        return ports
    }

    private static func local(_ port: Int) throws -> SocketAddress {
        try SocketAddress(ipAddress: "127.0.0.1", port: port)
    }

    private static func request(_ method: String, _ path: String, _ more: String = "") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(more)\r\n"
    }

    /// Three pages at one address.
    private static func pages(_ port: Int) -> String {
        ".:1053 {\n hosts\n health 127.0.0.1:\(port)\n ready 127.0.0.1:\(port)\n prometheus 127.0.0.1:\(port)\n}"
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var method: String, path: String, status: String, body: String?, more = ""
        var testDescription: String { "\(method) \(path)" }
    }

    static let rows = [
        Row(method: "GET", path: "/health", status: "200 OK", body: "OK"),
        Row(method: "HEAD", path: "/health", status: "200 OK", body: ""),
        Row(method: "GET", path: "/ready", status: "200 OK", body: "OK"),
        Row(method: "GET", path: "/ready?verbose", status: "200 OK", body: "ready\n"),
        Row(method: "GET", path: "/metrics", status: "200 OK", body: nil),
        Row(method: "GET", path: "/", status: "404 Not Found", body: nil),
        Row(method: "GET", path: "/metrics/", status: "404 Not Found", body: nil),
        Row(
            method: "POST", path: "/health", status: "405 Method Not Allowed", body: nil, more: "Content-Length: 0\r\n"),
        Row(method: "DELETE", path: "/metrics", status: "405 Method Not Allowed", body: nil),
        Row(
            method: "GET", path: "/health", status: "431 Request Header Fields Too Large", body: "",
            more: "X: \(String(repeating: "x", count: 20_000))\r\n"),
        Row(
            method: "GET", path: "/health", status: "200 OK", body: "OK",
            more: "X: \(String(repeating: "x", count: 15_000))\r\n"),
    ]

    @Test(arguments: rows) func answer(_ row: Row) async throws {
        let port = try await Self.freePorts(1)[0]
        let server = try AdminTestServer(Self.pages(port))
        let admin = server.server()
        #expect(await admin.apply(server.configuration) == [])
        let answer = try await exchange(Self.request(row.method, row.path, row.more), at: Self.local(port))
        #expect(answer.hasPrefix("HTTP/1.1 \(row.status)\r\n"), "\(answer.prefix(200))")
        let body = answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) }
        if let want = row.body { #expect(body == want) }
        await admin.stop()
    }

    @Test func metricsSayTheirFormat() async throws {
        let port = try await Self.freePorts(1)[0]
        let server = try AdminTestServer(Self.pages(port))
        let admin = server.server()
        await admin.apply(server.configuration)
        let answer = try await exchange(Self.request("GET", "/metrics"), at: Self.local(port))
        #expect(answer.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(answer.contains("\ncoredns_build_info{"))
        await admin.stop()
    }

    @Test func connectionStaysOpenForTheNextRequest() async throws {
        let port = try await Self.freePorts(1)[0]
        let server = try AdminTestServer(Self.pages(port))
        let admin = server.server()
        await admin.apply(server.configuration)
        let first = "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"
        let answer = try await exchange(first + Self.request("GET", "/health"), at: Self.local(port))
        #expect(answer.split(separator: "HTTP/1.1 200 OK").count == 2)
        await admin.stop()
    }

    @Test func addressesFollowTheConfiguration() async throws {
        let ports = try await Self.freePorts(2)
        let server = try AdminTestServer(".:1053 {\n hosts\n health 127.0.0.1:\(ports[0])\n}")
        let admin = server.server()
        await admin.apply(server.configuration)
        await admin.apply(try AdminTestServer.configuration(".:1053 {\n hosts\n ready localhost:\(ports[1])\n}"))
        await #expect(throws: (any Error).self) {
            try await exchange(Self.request("GET", "/health"), at: Self.local(ports[0]))
        }
        #expect(try await exchange(Self.request("GET", "/ready"), at: Self.local(ports[1])).hasSuffix("OK"))
        // Each address has the pages of its directives only.
        #expect(try await exchange(Self.request("GET", "/health"), at: Self.local(ports[1])).contains(" 404 "))
        await admin.stop()
    }

    @Test func addressInUseIsASentenceAndTheOthersOpen() async throws {
        let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(
            host: "127.0.0.1", port: 0
        ).get()
        let taken = try #require(holder.localAddress?.port)
        let free = try await Self.freePorts(1)[0]
        let server = try AdminTestServer(".:1053 {\n hosts\n health 127.0.0.1:\(taken)\n ready 127.0.0.1:\(free)\n}")
        let admin = server.server()
        let problems = await admin.apply(server.configuration)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("no /health at 127.0.0.1:\(taken): the port is in use by ") == true)
        #expect(try await exchange(Self.request("GET", "/ready"), at: Self.local(free)).hasSuffix("OK"))
        await admin.stop()
        try await holder.close()
    }

    @Test func ownHealthRequestsAreCounted() async throws {
        let port = try await Self.freePorts(1)[0]
        let server = try AdminTestServer(
            ".:1053 {\n hosts\n health :\(port)\n prometheus :\(port)\n}")
        let admin = server.server()
        await admin.apply(server.configuration)
        let monitor = HealthMonitor(server: admin, group: MultiThreadedEventLoopGroup.singleton)
        await monitor.ask(try #require(admin.localAddress(of: .health)))
        let nobody = try await Self.freePorts(1)[0]
        await monitor.ask(try Self.local(nobody))
        let page = try await exchange(Self.request("GET", "/metrics"), at: Self.local(port))
        #expect(page.contains("\ncoredns_health_request_duration_seconds_count 2\n"))
        #expect(page.contains("\ncoredns_health_request_failures_total 1\n"))
        await admin.stop()
    }
}

/// Limits of one connection, on an embedded channel.
struct AdminConnectionTests {
    private static func channel(_ connections: AdminConnectionCount, _ limits: AdminLimits) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try AdminServer.configure(channel, limits, connections) { _, _ in AdminAnswer(200, "OK") }
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 80), promise: nil)
        return channel
    }

    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test func idleConnectionIsClosedAfterTenSeconds() throws {
        let channel = try Self.channel(AdminConnectionCount(), AdminLimits())
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
    }

    @Test func octetNowAndThenKeepsNothingOpen() throws {
        let channel = try Self.channel(AdminConnectionCount(), AdminLimits())
        for octet in Self.request.utf8.prefix(10) {
            #expect(channel.isActive)
            try channel.writeInbound(ByteBuffer(bytes: [octet]))
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(!channel.isActive)
    }

    @Test func requestGivesTenSecondsMore() throws {
        let channel = try Self.channel(AdminConnectionCount(), AdminLimits())
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        try channel.writeInbound(ByteBuffer(string: Self.request))
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func connectionsAreLimitedAndGivenBack() throws {
        var limits = AdminLimits()
        limits.connectionCountMax = 1
        let connections = AdminConnectionCount()
        let first = try Self.channel(connections, limits)
        let second = try Self.channel(connections, limits)
        #expect([first.isActive, second.isActive] == [true, false])
        first.close(promise: nil)
        first.embeddedEventLoop.run()
        #expect(try Self.channel(connections, limits).isActive)
    }

    @Test func noiseIsABadRequest() throws {
        let channel = try Self.channel(AdminConnectionCount(), AdminLimits())
        _ = try? channel.writeInbound(ByteBuffer(bytes: [0x16, 3, 1, 0, 5]))
        let answer = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        #expect(answer?.hasPrefix("HTTP/1.1 400 ") == true)
    }
}
