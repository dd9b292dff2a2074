package import Answering
import CLinux
import NetworkAddress
import Synchronization

/// All UDP sockets of the server: as many workers an address as the process has cores.
package final class UDPListeners: Sendable {
    private struct Running {
        var worker: UDPWorker
        var thread: WorkerThread
    }

    private let publisher: Publisher
    private let board: StatisticsBoard
    private let log: QueryLogRing
    private let workersPerAddress: Int
    private let running = Mutex<[ListenAddress: [Running]]>([:])

    package init(publisher: Publisher, board: StatisticsBoard, log: QueryLogRing, workersPerAddress: Int) {
        precondition(workersPerAddress > 0, "an address needs a worker")
        self.publisher = publisher
        self.board = board
        self.log = log
        self.workersPerAddress = workersPerAddress
    }

    /// Sockets that are open, and not yet read.
    package struct Bound: Sendable {
        fileprivate var sockets: [(address: ListenAddress, sockets: [UDPSocket])] = []

        package func close() {
            for socket in sockets.flatMap(\.sockets) { socket.close() }
        }
    }

    /// Opens the sockets of what is new in `addresses`; throws where one cannot be had, and then none is open.
    ///
    /// Datagrams that arrive before `run` wait in the kernel.
    package func bind(_ addresses: [ListenAddress]) throws(SocketError) -> Bound {
        var bound = Bound()
        do {
            for address in addresses where running.withLock({ $0[address] }) == nil {
                try refuseSharing(address)
                bound.sockets.append((address, []))
                for _ in 0..<workersPerAddress {
                    let socket = try UDPSocket.open(address)
                    bound.sockets[bound.sockets.count - 1].sockets.append(socket)
                }
            }
        } catch {
            bound.close()
            throw error
        }
        return bound
    }

    /// Starts a worker for each socket.
    package func run(_ bound: Bound) {
        for (address, sockets) in bound.sockets { run(address, sockets) }
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

    private func run(_ address: ListenAddress, _ sockets: [UDPSocket]) {
        let items = sockets.enumerated().map { index, socket in
            let worker = UDPWorker(listen: address, socket: socket, publisher: publisher, board: board, log: log)
            return Running(worker: worker, thread: WorkerThread(name: "udp-\(index)") { worker.run() })
        }
        running.withLock { $0[address] = items }
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
