import Answering
import Corefile
import Glibc
import NIOCore
import NIOPosix
import NetworkAddress
import Testing

@testable import Serving

/// Which listener a socket that was opened for the server is for.
struct InheritedSocketMatchTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        var transport = QueryTransport.udp
        var address: String?
        var port: UInt16 = 53
        var want: String?
        var testDescription: String { label }
    }

    private static let loopback = IPAddress(ipv4: 0x7F00_0001)
    private static let listeners = [
        ListenAddress(address: loopback, port: 53), ListenAddress(address: nil, port: 53),
        ListenAddress(address: loopback, port: 54), ListenAddress(scheme: .tls, address: nil, port: 853),
    ]

    static let rows = [
        Row(label: "its own address", address: "127.0.0.1", want: "dns://127.0.0.1:53"),
        Row(label: "another address goes to the listener of all", address: "192.0.2.1", want: "dns://:53"),
        Row(label: "all addresses", address: nil, want: "dns://:53"),
        Row(label: "another address, and nobody listens to all", address: "192.0.2.1", port: 54, want: nil),
        Row(label: "all addresses are too many for a listener of one", address: nil, port: 54, want: nil),
        Row(label: "another port", address: "127.0.0.1", port: 55, want: nil),
        Row(label: "TCP", transport: .tcp, address: "127.0.0.1", want: "dns://127.0.0.1:53"),
        Row(label: "TLS is TCP", transport: .tcp, address: nil, port: 853, want: "tls://:853"),
        Row(label: "TLS has no datagrams", address: nil, port: 853, want: nil),
    ]

    @Test(arguments: rows) func listener(_ row: Row) {
        let socket = InheritedSocket(
            descriptor: -1, name: "", transport: row.transport, address: row.address.flatMap { IPAddress($0) },
            port: row.port)
        #expect(socket.listener(among: Self.listeners)?.description == row.want)
    }

    @Test func descriptionsNameTheSocket() {
        let socket = InheritedSocket(descriptor: 5, name: "dns", transport: .udp, address: Self.loopback, port: 53)
        #expect(socket.description == "udp 127.0.0.1:53 (descriptor 5, \"dns\")")
    }
}

/// Sockets that outlive a server, on the loopback interface.
@Suite(.serialized, .timeLimit(.minutes(1))) struct InheritedSocketTests {
    private static let loopback = IPAddress(ipv4: 0x7F00_0001)

    /// A bound socket as a supervisor opens one; closed by the test.
    private func open(_ type: __socket_type, listens: Bool = true) throws -> InheritedSocket {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        try #require(descriptor >= 0)
        // sockaddr_in: family in the machine's order, port 0 for any, 127.0.0.1.
        let octets: [UInt8] = [UInt8(AF_INET), 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
        // SAFETY: the octets are a sockaddr of that length.
        let result = unsafe octets.withUnsafeBytes { bytes in
            unsafe bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        try #require(result == 0)
        if type == SOCK_STREAM, listens { try #require(listen(descriptor, 16) == 0) }
        return try #require(InheritedSocket(descriptor: descriptor, name: "test"))
    }

    private func query(_ id: UInt16) throws -> [UInt8] {
        Array(try TCPTestServer.query(id: id, "one.test").dropFirst(2))
    }

    @Test func whatIsNoListeningSocketIsNotTaken() throws {
        let descriptors = [
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0),
        ]
        for descriptor in descriptors {
            #expect(InheritedSocket(descriptor: descriptor, name: "") == nil)
            close(descriptor)
        }
        #expect(InheritedSocket(descriptor: -1, name: "") == nil)
    }

    /// Two workers of one server and then one of the next read the same queue; nothing is lost between them.
    @Test func datagramsWaitForTheNextServer() async throws {
        let socket = try open(SOCK_DGRAM)
        defer { close(socket.descriptor) }
        #expect(socket.address == Self.loopback && socket.transport == .udp)
        let server = try TCPTestServer(port: socket.port)
        let client = try UDPTestClient(Self.loopback, port: socket.port)
        var found: Set<[UInt8]> = []
        for (turn, workerCount) in [2, 1].enumerated() {
            for id in UInt16(0)..<100 { client.send(try query(UInt16(turn) * 100 + id)) }
            let listeners = UDPListeners(
                publisher: server.publisher, board: server.board, log: server.log,
                options: .init(workersPerAddress: workerCount, inherited: InheritedSockets([socket])))
            listeners.run(try listeners.bind([UDPEndpoint(server.listen)]))
            // The second server finds one more, which came while nobody read.
            for _ in 0..<100 + turn {
                let answer = client.receive()
                found.insert(Array(try #require(answer).prefix(2)))
            }
            await listeners.stopAll()
            // Nobody reads, and nobody is told so.
            client.send(try query(1000))
            let answer = client.receive(waits: false)
            #expect(answer == nil)
        }
        #expect(found.isSuperset(of: (UInt16(0)..<200).map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }))
    }

    @Test func workersAreAsManyAsSocketsAtLeast() async throws {
        let sockets = [try open(SOCK_DGRAM), try open(SOCK_DGRAM)]
        defer { for socket in sockets { close(socket.descriptor) } }
        // Both for one listener: as if each were bound to one of two addresses of the machine.
        let server = try TCPTestServer(port: sockets[0].port)
        let both = sockets.map { socket in
            var socket = socket
            socket.port = server.listen.port
            return socket
        }
        let listeners = UDPListeners(
            publisher: server.publisher, board: server.board, log: server.log,
            options: .init(workersPerAddress: 1, inherited: InheritedSockets(both)))
        listeners.run(try listeners.bind([UDPEndpoint(server.listen)]))
        for socket in sockets {
            let client = try UDPTestClient(Self.loopback, port: socket.port)
            client.send(try query(7))
            let answer = client.receive()
            #expect(answer?.prefix(2) == [0, 7])
        }
        await listeners.stopAll()
    }

    /// A connection that nobody has accepted is the next server's.
    @Test func connectionsWaitForTheNextServer() async throws {
        let socket = try open(SOCK_STREAM)
        defer { close(socket.descriptor) }
        let server = try TCPTestServer(port: socket.port)
        let group = MultiThreadedEventLoopGroup.singleton
        for _ in 0..<2 {
            let waiting = try await ClientBootstrap(group: group)
                .connect(host: "127.0.0.1", port: Int(socket.port)).get()
            try await waiting.writeAndFlush(ByteBuffer(bytes: try TCPTestServer.query(id: 7, "one.test")))
            let listener = TCPListeners(
                publisher: server.publisher, board: server.board, log: server.log, group: group,
                inherited: InheritedSockets([socket]))
            try await listener.start([TCPEndpoint(server.listen)])
            // Its answer and the server's end close it.
            try await waiting.close(mode: .output)
            try await waiting.closeFuture.get()
            await listener.stopAll(within: .seconds(1))
        }
        let last = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: Int(socket.port)).get()
        try await last.close()
    }

    @Test func socketsOfNoUseAreClosed() throws {
        let (kept, stray) = (try open(SOCK_DGRAM), try open(SOCK_STREAM))
        let (_, closed) = InheritedSockets.closeUseless([kept, stray], [ListenAddress(address: nil, port: kept.port)])
        #expect(closed == [stray])
        #expect(fcntl(stray.descriptor, F_GETFD) == -1)
        #expect(fcntl(kept.descriptor, F_GETFD) >= 0)
        close(kept.descriptor)
    }
}
