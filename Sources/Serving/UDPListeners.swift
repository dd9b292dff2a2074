package import Answering
import CLinux
import NetworkAddress
import Synchronization

/// All UDP sockets of the server: as many workers an address as the process has cores.
package final class UDPListeners: Sendable {
    fileprivate struct Item {
        var worker: UDPWorker
        var thread: WorkerThread
    }

    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let resolver: Resolver?
    private let workersPerAddress: Int
    private let running = Mutex<[ListenAddress: [Item]]>([:])

    /// Without a resolver what must be forwarded fails.
    package init(
        publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, resolver: Resolver? = nil,
        workersPerAddress: Int
    ) {
        precondition(workersPerAddress > 0, "an address needs a worker")
        self.publisher = publisher
        self.board = board
        self.log = log
        self.resolver = resolver
        self.workersPerAddress = workersPerAddress
    }

    /// Sockets that are open and not yet read, with workers that wait: to be handed to `run`, or closed.
    package struct Bound: Sendable {
        fileprivate var items: [ListenAddress: [Item]] = [:]

        package func close() {
            for item in items.values.joined() { item.worker.abandon() }
        }
    }

    /// Opens the sockets of what is new in `addresses`; throws where one cannot be had, and then none is open.
    ///
    /// Memory and threads are taken here too, so that `run` cannot fail. Datagrams that arrive before `run` wait in the
    /// kernel.
    package func bind(_ addresses: [ListenAddress]) throws(SocketError) -> Bound {
        let new = addresses.filter { address in running.withLock { $0[address] == nil } }
        // All before the first socket is opened: one of ours would look like that of another server.
        for address in new { try refuseSharing(address) }
        var bound = Bound()
        do {
            for address in new {
                for index in 0..<workersPerAddress {
                    bound.items[address, default: []].append(try open(address, index))
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
        running.withLock { $0.merge(bound.items) { $1 } }
    }

    /// Stops the workers of every address not in `addresses`, and returns when their last queries are answered.
    package func stopAll(except addresses: [ListenAddress] = []) async {
        let stopping = running.withLock { running in
            let gone = running.filter { !addresses.contains($0.key) }
            for address in gone.keys { running[address] = nil }
            return gone.values.flatMap(\.self)
        }
        for item in stopping { item.worker.stop() }
        for item in stopping { await item.thread.join() }
    }

    /// The longest time any worker has been silent, in nanoseconds: over a second means that one is stuck.
    package var longestSilence: UInt64 {
        running.withLock { $0.values.flatMap(\.self).map(\.worker.silence).max() ?? 0 }
    }

    /// A socket with its worker, whose thread waits for `start` or `abandon`.
    private func open(_ address: ListenAddress, _ index: Int) throws(SocketError) -> Item {
        let socket = try UDPSocket.open(address)
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
        if running.withLock({ $0.keys.contains { $0.port == address.port } }) { return }
        let octets = address.address?.octets ?? []
        // SAFETY: the C function reads as many octets as it is told.
        let error = unsafe clinux_port_is_free(octets, octets.count, address.port)
        if error != 0 { throw SocketError(listen: address, transport: .udp, errno: -error) }
    }
}
