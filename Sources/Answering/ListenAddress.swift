package import Corefile
package import NetworkAddress

/// Where queries arrive: a scheme, an address (nil: every local one), and a port.
package struct ListenAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var scheme: Scheme
    package var address: IPAddress?
    package var port: UInt16

    package init(scheme: Scheme = .dns, address: IPAddress?, port: UInt16) {
        self.scheme = scheme
        self.address = address
        self.port = port
    }

    /// As in the `server` label of the metrics: `dns://:53`, `dns://127.0.0.1:53`, `dns://[::1]:53`.
    package var description: String { "\(scheme.rawValue)://\(hostAndPort)" }

    package var hostAndPort: String {
        switch address {
        case nil: ":\(port)"
        case .some(let address): address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        }
    }

    package static func < (left: ListenAddress, right: ListenAddress) -> Bool {
        (left.port, left.description) < (right.port, right.description)
    }
}
