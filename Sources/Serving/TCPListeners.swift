package import Answering
package import NIOCore
import Synchronization

/// All TCP ports of the server, started and stopped as the addresses of the configuration come and go.
package final class TCPListeners: Sendable {
    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let group: any EventLoopGroup
    private let limits: TCPLimits
    private let running = Mutex<[ListenAddress: TCPListener]>([:])

    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, resolver: Resolver? = nil,
        group: any EventLoopGroup, limits: TCPLimits = TCPLimits()
    ) {
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        self.group = group
        self.limits = limits
    }

    /// Starts what is new in `addresses`; throws where one of them cannot be had, and then nothing new runs.
    package func start(_ addresses: [ListenAddress]) async throws(SocketError) {
        let new = addresses.filter { address in running.withLock { $0[address] == nil } }
        var started: [TCPListener] = []
        do {
            for address in new {
                let listener = TCPListener(
                    listen: address, publisher: publisher, board: board, log: log, resolver: resolver, group: group,
                    limits: limits)
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
}
