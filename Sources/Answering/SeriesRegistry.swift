import Synchronization

package enum QueryTransport: UInt8, Hashable, Sendable, CaseIterable {
    case udp, tcp

    package var label: String { self == .udp ? "udp" : "tcp" }
}

/// Which (server, zone) pair each series of counters is for; indices stay the same across reloads.
package final class SeriesRegistry: Sendable {
    package struct Key: Hashable, Sendable {
        package let server: String
        package let zone: String
    }

    private let keys = Mutex<[Key]>([])

    package init() {}

    package func index(server: String, zone: String) -> Int {
        let key = Key(server: server, zone: zone)
        return keys.withLock { keys in
            if let index = keys.firstIndex(of: key) { return index }
            keys.append(key)
            return keys.count - 1
        }
    }

    package var all: [Key] { keys.withLock { $0 } }
}
