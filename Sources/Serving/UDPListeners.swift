package import Answering
import CLinux
import Glibc
import NetworkAddress
import Synchronization

/// All UDP sockets of the server: as many workers an address as its configuration says, or as the process has cores.
package final class UDPListeners: Sendable {
    fileprivate struct Item {
        var worker: UDPWorker
        var thread: WorkerThread
    }

    /// How sockets are had.
    package struct Options: Sendable {
        /// Workers of an address that asks for no number.
        package var workersPerAddress: Int
        /// Whether another process of the same user may hold the ports too, and take its part of the clients.
        package var sharesPorts = false
        package var inherited = InheritedSockets.none

        package init(workersPerAddress: Int, sharesPorts: Bool = false, inherited: InheritedSockets = .none) {
            precondition(workersPerAddress > 0, "an address needs a worker")
            self.workersPerAddress = workersPerAddress
            self.sharesPorts = sharesPorts
            self.inherited = inherited
        }
    }

    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let options: Options
    private let running = Mutex<[ListenAddress: [Item]]>([:])

    /// Without a resolver what must be forwarded fails.
    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, resolver: Resolver? = nil, options: Options
    ) {
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        self.options = options
    }

    /// Sockets that are open and not yet read, with workers that wait: to be handed to `run`, or closed.
    package struct Bound: Sendable {
        fileprivate var items: [ListenAddress: [Item]] = [:]

        package func close() {
            for item in items.values.joined() { item.worker.abandon() }
        }
    }

    /// Opens the sockets of what is new in `listeners`; throws where one cannot be had, and then none is open.
    ///
    /// Memory and threads are taken here too, so that `run` cannot fail. Datagrams that arrive before `run` wait in the
    /// kernel.
    package func bind(_ listeners: [UDPEndpoint]) throws(SocketError) -> Bound {
        let counts = running.withLock { $0.mapValues(\.count) }
        let sockets = inherited(for: listeners)
        // All before the first socket is opened: one of ours would look like that of another server.
        for (listener, sockets) in zip(listeners, sockets)
        where counts[listener.address] == nil && sockets.isEmpty { try refuseSharing(listener.address) }
        var bound = Bound()
        do {
            for (listener, sockets) in zip(listeners, sockets) {
                var index = counts[listener.address] ?? 0
                while index < count(listener, sockets) {
                    bound.items[listener.address, default: []].append(try open(listener.address, index, sockets))
                    index += 1
                }
            }
        } catch {
            bound.close()
            throw error
        }
        return bound
    }

    /// Lets the workers of each socket begin.
    package func run(_ bound: Bound) {
        for item in bound.items.values.joined() { item.worker.start() }
        running.withLock { $0.merge(bound.items, uniquingKeysWith: +) }
    }

    /// Stops the workers that `listeners` has no use for, and returns when their last queries are answered.
    package func stopAll(except listeners: [UDPEndpoint] = []) async {
        var wanted: [ListenAddress: Int] = [:]
        for (listener, sockets) in zip(listeners, inherited(for: listeners)) {
            wanted[listener.address] = count(listener, sockets)
        }
        let stopping = running.withLock { [wanted] running in
            var stopping: [Item] = []
            for (address, items) in running {
                let kept = wanted[address] ?? 0
                stopping += items.dropFirst(kept)
                running[address] = kept == 0 ? nil : Array(items.prefix(kept))
            }
            return stopping
        }
        for item in stopping { item.worker.stop() }
        for item in stopping { await item.thread.join() }
    }

    /// The longest time any worker has been silent, in nanoseconds: over a second means that one is stuck.
    package var longestSilence: UInt64 {
        running.withLock { $0.values.flatMap(\.self).map(\.worker.silence).max() ?? 0 }
    }

    /// The inherited sockets of each listener.
    private func inherited(for listeners: [UDPEndpoint]) -> [[InheritedSocket]] {
        let all = listeners.map(\.address)
        return all.map { options.inherited.sockets(for: $0, .udp, among: all) }
    }

    /// Workers of a listener: each inherited socket needs one that reads it.
    private func count(_ listener: UDPEndpoint, _ sockets: [InheritedSocket]) -> Int {
        max(listener.workerCount ?? options.workersPerAddress, sockets.count)
    }

    /// A socket with its worker, whose thread waits for `start` or `abandon`.
    private func open(
        _ address: ListenAddress, _ index: Int, _ inherited: [InheritedSocket]
    ) throws(SocketError) -> Item {
        let socket =
            inherited.isEmpty
            ? try UDPSocket.open(address) : try UDPSocket.adopt(inherited[index % inherited.count], for: address)
        do {
            let worker = try UDPWorker(
                listen: address, socket: socket, publisher: publisher, board: board, log: log, resolver: resolver)
            return Item(worker: worker, thread: try worker.makeThread(name: "udp-\(index)"))
        } catch {
            socket.close()
            throw error
        }
    }

    /// SO_REUSEPORT would let a second server take half the clients unnoticed, so the port must be free at first, or ours.
    private func refuseSharing(_ address: ListenAddress) throws(SocketError) {
        if options.sharesPorts || running.withLock({ $0.keys.contains { $0.port == address.port } }) { return }
        let octets = address.address?.octets ?? []
        // SAFETY: the C function reads as many octets as it is told.
        let error = unsafe clinux_port_is_free(Int32(SOCK_DGRAM.rawValue), octets, octets.count, address.port)
        if error != 0 { throw SocketError(listen: address, transport: .udp, errno: -error) }
    }
}

/// A listen address for datagrams, and how many workers answer there.
package struct UDPEndpoint: Hashable, Sendable {
    package var address: ListenAddress
    /// nil: as many as the process has cores.
    package var workerCount: Int?

    package init(_ address: ListenAddress, workerCount: Int? = nil) {
        self.address = address
        self.workerCount = workerCount
    }
}
