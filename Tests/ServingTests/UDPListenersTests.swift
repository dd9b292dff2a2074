import Answering
import Glibc
import NetworkAddress
import Testing

@testable import Serving

/// A client's socket on the loopback interface.
@safe struct UDPTestClient: ~Copyable {
    private let descriptor: Int32

    /// Talks to `address` only: a connected socket takes nothing from another source (udp(7)).
    init(_ address: IPAddress, port: UInt16) throws {
        let isIPv4 = address.family == .ipv4
        descriptor = socket(isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        var seconds = timeval(tv_sec: 5, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &seconds, socklen_t(MemoryLayout<timeval>.size))
        let octets = Self.socketAddress(address, port)
        // SAFETY: the octets are a sockaddr of that length.
        let result = unsafe octets.withUnsafeBytes { bytes in
            unsafe connect(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    /// sockaddr_in or sockaddr_in6: family in the machine's order, port and address in the network's.
    private static func socketAddress(_ address: IPAddress, _ port: UInt16) -> [UInt8] {
        let isIPv4 = address.family == .ipv4
        let family = UInt16(isIPv4 ? AF_INET : AF_INET6)
        let head = [UInt8(family & 0xFF), UInt8(family >> 8), UInt8(port >> 8), UInt8(port & 0xFF)]
        let zeros = [UInt8](repeating: 0, count: isIPv4 ? 8 : 4)
        return head + (isIPv4 ? address.octets + zeros : zeros + address.octets + zeros)
    }

    func send(_ octets: [UInt8]) { _ = unsafe Glibc.send(descriptor, octets, octets.count, 0) }

    /// The next datagram; nil when none comes in time.
    func receive(waits: Bool = true) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor, &octets, octets.count, waits ? 0 : Int32(MSG_DONTWAIT))
        return count >= 0 ? Array(octets[..<count]) : nil
    }
}

/// Real sockets on the loopback interface.
@Suite(.serialized, .timeLimit(.minutes(1))) struct UDPListenersTests {
    private static let loopback = IPAddress(ipv4: 0x7F00_0001)
    private static let hasIPv6 = LocalInterfaces.addresses().values.joined().contains(IPAddress(high: 0, low: 1))

    private let server: TCPTestServer
    private let listeners: UDPListeners
    private var port: UInt16 { server.listen.port }

    /// A server at a port that was free a moment ago.
    init() throws {
        let port = try #require((0..<100).map { _ in UInt16.random(in: 20_000..<30_000) }.first(where: Self.isFree))
        server = try TCPTestServer(port: port)
        listeners = UDPListeners(
            publisher: server.publisher, board: server.board, log: server.log, options: .init(workersPerAddress: 2))
    }

    /// A query without the two octets of length that TCP puts in front.
    private func query(_ id: UInt16, _ name: String = "one.test") throws -> [UInt8] {
        Array(try TCPTestServer.query(id: id, name).dropFirst(2))
    }

    @Test func wildcardAnswersFromTheAddressAsked() async throws {
        listeners.run(try listeners.bind([UDPEndpoint(server.listen)]))
        let ipv6 = Self.hasIPv6 ? [IPAddress(high: 0, low: 1)] : []
        for address in [Self.loopback, IPAddress(ipv4: 0x7F00_0002)] + ipv6 {
            let client = try UDPTestClient(address, port: port)
            client.send(try query(7))
            #expect(client.receive()?.suffix(4) == [10, 0, 0, 1], "\(address)")
        }
        await listeners.stopAll()
    }

    @Test func datagramLongerThanASlotIsIgnored() async throws {
        listeners.run(try listeners.bind([UDPEndpoint(server.listen)]))
        let client = try UDPTestClient(Self.loopback, port: port)
        // One socket serves one client, in order.
        client.send(try query(1) + [UInt8](repeating: 0, count: 4096))
        client.send(try query(2))
        #expect(client.receive()?.prefix(2) == [0, 2])
        #expect(client.receive(waits: false) == nil)
        await listeners.stopAll()
    }

    @Test func stopAnswersWhatWasQueued() async throws {
        let bound = try listeners.bind([UDPEndpoint(server.listen)])
        let client = try UDPTestClient(Self.loopback, port: port)
        for id in UInt16(0)..<200 { client.send(try query(id)) }
        #expect(client.receive(waits: false) == nil)
        listeners.run(bound)
        await listeners.stopAll()
        var found: Set<[UInt8]> = []
        while let response = client.receive(waits: false) { found.insert(Array(response.prefix(2))) }
        #expect(found.count == 200)
        #expect(server.board.unsentCount == 0)
    }

    /// Responses for one port leave in one piece, whatever lengths they have and whoever else asks in between.
    @Test(arguments: [1, 2, 7, 60]) func eachOfABatchGetsItsResponse(lengthCount: Int) async throws {
        let bound = try listeners.bind([UDPEndpoint(server.listen)])
        let address = Self.hasIPv6 ? IPAddress(high: 0, low: 1) : Self.loopback
        let first = try UDPTestClient(address, port: port)
        let second = try UDPTestClient(address, port: port)
        let third = try UDPTestClient(Self.loopback, port: port)
        var questions: [[UInt8]: [UInt8]] = [:]
        for id in UInt16(0)..<180 {
            let message = try query(id, String(repeating: "x", count: 1 + Int(id) * 7 % lengthCount) + ".test")
            switch id % 5 {
            case 0...2: first.send(message)
            case 3: second.send(message)
            default: third.send(message)
            }
            questions[Array(message[..<2])] = Array(message[12...])
        }
        listeners.run(bound)
        await listeners.stopAll()
        let found = [Self.responses(first), Self.responses(second), Self.responses(third)]
        #expect(found.map(\.count) == [108, 36, 36])
        for response in found.joined() {
            let question = try #require(questions[Array(response.prefix(2))])
            #expect(response[12...].starts(with: question))
        }
        #expect(server.board.unsentCount == 0)
    }

    private static func responses(_ client: borrowing UDPTestClient) -> [[UInt8]] {
        var found: [[UInt8]] = []
        while let response = client.receive(waits: false) { found.append(response) }
        return found
    }

    @Test func oneAddressAndAllShareAPort() async throws {
        let one = ListenAddress(address: Self.loopback, port: port)
        for addresses in [[one, server.listen], [server.listen, one]] {
            listeners.run(try listeners.bind(addresses.map { UDPEndpoint($0) }))
            let client = try UDPTestClient(Self.loopback, port: port)
            client.send(try query(7))
            #expect(client.receive()?.prefix(2) == [0, 7])
            await listeners.stopAll()
        }
    }

    @Test func boundSocketsCanBeGivenUp() throws {
        let bound = try listeners.bind([UDPEndpoint(server.listen)])
        #expect(!Self.isFree(port))
        bound.close()
        #expect(Self.isFree(port))
    }

    @Test func portOfAnotherServerIsRefused() throws {
        let other = UDPListeners(
            publisher: server.publisher, board: server.board, log: server.log,
            options: .init(workersPerAddress: 1))
        let bound = try other.bind([UDPEndpoint(server.listen)])
        let error = #expect(throws: SocketError.self) { try listeners.bind([UDPEndpoint(server.listen)]) }
        #expect(error?.errno == EADDRINUSE)
        bound.close()
    }

    /// What `multisocket` says may change with a reload.
    @Test func workersComeAndGo() async throws {
        for (workerCount, want) in [(1, 1), (3, 3), (2, 2), (nil, 2)] as [(Int?, Int)] {
            let endpoint = UDPEndpoint(server.listen, workerCount: workerCount)
            listeners.run(try listeners.bind([endpoint]))
            await listeners.stopAll(except: [endpoint])
            while server.board.busyNanoseconds.count != want { try await Task.sleep(for: .milliseconds(5)) }
            let client = try UDPTestClient(Self.loopback, port: port)
            client.send(try query(7))
            let answer = client.receive()
            #expect(answer?.prefix(2) == [0, 7])
        }
        await listeners.stopAll()
        #expect(server.board.busyNanoseconds.isEmpty)
    }

    /// Two servers at one port, each told to share it: the queries go to either.
    @Test func portIsSharedWhereBothAreToldTo() async throws {
        let other = UDPListeners(
            publisher: server.publisher, board: server.board, log: server.log,
            options: .init(workersPerAddress: 1, sharesPorts: true))
        listeners.run(try listeners.bind([UDPEndpoint(server.listen)]))
        other.run(try other.bind([UDPEndpoint(server.listen)]))
        for stopping in [listeners, other] {
            for id in UInt16(0)..<50 {
                let client = try UDPTestClient(Self.loopback, port: port)
                client.send(try query(id))
                let answer = client.receive()
                #expect(answer?.prefix(2) == [0, UInt8(id)])
            }
            await stopping.stopAll()
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        guard let server = try? TCPTestServer(port: port) else { return false }
        let other = UDPListeners(
            publisher: server.publisher, board: server.board, log: server.log,
            options: .init(workersPerAddress: 1))
        guard let bound = try? other.bind([UDPEndpoint(server.listen)]) else { return false }
        bound.close()
        return true
    }
}

/// An error that stays costs 100 turns a second, not a core.
struct ReceiveFailuresTests {
    @Test func onlyRepeatedErrorsPause() {
        var failures = ReceiveFailures()
        let errors: [(Int32, ReceiveFailures.Step)] = [
            (ECONNREFUSED, .again), (EAGAIN, .nothing), (EINTR, .again), (ENOMEM, .again), (ENOMEM, .pause),
            (EINTR, .again), (ENOMEM, .pause), (EAGAIN, .nothing), (ENOMEM, .again),
        ]
        for (errno, want) in errors {
            #expect(failures.step(after: .failure(DatagramBatch.ReceiveError(errno: errno))) == want)
        }
        #expect(failures.step(after: .success(3)) == .answer(3))
    }
}
