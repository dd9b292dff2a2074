package import Answering
import CLinux
import Glibc
package import NIOCore
import NetworkAddress
import Synchronization

/// All TCP ports of the server, started and stopped as the addresses of the configuration come and go.
package final class TCPListeners: Sendable {
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let group: any EventLoopGroup
    private let sharesPorts: Bool
    private let inherited: InheritedSockets
    private let running = Mutex<[ListenAddress: TCPListener]>([:])

    /// `sharesPorts`: whether another process of the same user may hold the ports too, and take its part of the clients.
    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, resolver: Resolver? = nil,
        group: any EventLoopGroup, sharesPorts: Bool = false, inherited: InheritedSockets = .none
    ) {
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        self.group = group
        self.sharesPorts = sharesPorts
        self.inherited = inherited
    }

    /// Starts what is new in `endpoints`; throws where one of them cannot be had, and then nothing new runs.
    package func start(_ endpoints: [TCPEndpoint]) async throws(SocketError) {
        let all = endpoints.map(\.address)
        let new = endpoints.filter { endpoint in running.withLock { $0[endpoint.address] == nil } }
        let listeners = new.map { endpoint in
            TCPListener(
                endpoint, publisher: publisher, board: board, log: log, resolver: resolver, group: group,
                inherited: inherited.sockets(for: endpoint.address, .tcp, among: all))
        }
        for listener in listeners where !listener.isInherited { try refuseSharing(listener.listen) }
        var started: [TCPListener] = []
        do {
            for listener in listeners {
                try await listener.bind()
                started.append(listener)
            }
        } catch {
            for listener in started { await listener.drain(for: .zero) }
            throw error
        }
        running.withLock { running in
            for listener in started { running[listener.listen] = listener }
        }
    }

    /// Takes connections from now on as `endpoints` say, at the addresses that run.
    package func use(_ endpoints: [TCPEndpoint]) {
        for endpoint in endpoints { running.withLock { $0[endpoint.address] }?.use(endpoint) }
    }

    /// Stops every address not in `addresses`; returns when its connections are answered and closed, after `time` at most.
    package func stopAll(except addresses: [ListenAddress] = [], within time: TimeAmount) async {
        let stopping = running.withLock { running in
            let gone = running.filter { !addresses.contains($0.key) }
            for address in gone.keys { running[address] = nil }
            return Array(gone.values)
        }
        await withTaskGroup(of: Void.self) { tasks in
            for listener in stopping { tasks.addTask { await listener.drain(for: time) } }
        }
    }

    /// SO_REUSEPORT would let a second server take half the clients unnoticed, so the port must be free at first, or ours.
    private func refuseSharing(_ address: ListenAddress) throws(SocketError) {
        if sharesPorts || running.withLock({ $0.keys.contains { $0.port == address.port } }) { return }
        let octets = address.address?.octets ?? []
        // SAFETY: the C function reads as many octets as it is told.
        let error = unsafe clinux_port_is_free(Int32(SOCK_STREAM.rawValue), octets, octets.count, address.port)
        if error != 0 { throw SocketError(listen: address, transport: .tcp, errno: -error) }
    }
}
