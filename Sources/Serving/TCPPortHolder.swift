import Answering

/// Who holds a TCP port, for listeners that are not DNS.
package enum TCPPortHolder {
    /// `nginx (process 123)`; nil where /proc does not tell.
    package static func find(port: UInt16) -> String? { PortHolder.find(ListenAddress(address: nil, port: port), .tcp) }
}
