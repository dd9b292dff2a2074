import NIOCore
import Synchronization

/// One accepted connection; with HTTP/2 it carries many requests.
final class Connection: Sendable {
    let channel: any Channel
    /// Nothing is sent any more: half open, as after a router has forgotten the connection.
    let isMute: Atomic<Bool>

    init(_ channel: any Channel, isMute: Bool) {
        self.channel = channel
        self.isMute = Atomic(isMute)
    }
}

/// The connections that are open.
final class ConnectionTable: Sendable {
    private struct Table {
        var connections: [ObjectIdentifier: Connection] = [:]
        var isFrozen = false
    }

    private let table = Mutex(Table())

    var count: Int { table.withLock { $0.connections.count } }

    func add(_ channel: any Channel) -> Connection {
        let connection = table.withLock { table in
            let connection = Connection(channel, isMute: table.isFrozen)
            table.connections[ObjectIdentifier(connection)] = connection
            return connection
        }
        let id = ObjectIdentifier(connection)
        channel.closeFuture.whenComplete { _ in self.table.withLock { $0.connections[id] = nil } }
        return connection
    }

    func closeAll() {
        let all = table.withLock { Array($0.connections.values) }
        for connection in all { connection.channel.close(promise: nil) }
    }

    /// Silences all connections there are, for good, and new ones until `thaw`.
    func freeze() {
        table.withLock { table in
            table.isFrozen = true
            for connection in table.connections.values { connection.isMute.store(true, ordering: .relaxed) }
        }
    }

    func thaw() { table.withLock { $0.isFrozen = false } }
}
