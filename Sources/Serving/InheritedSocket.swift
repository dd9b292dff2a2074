package import Answering
import CLinux
import Corefile
import Glibc
package import NetworkAddress

/// A bound socket that another process opened for this one, as a supervisor does before it starts a service.
///
/// Its queue outlives the process: what is not read is there for the next one.
package struct InheritedSocket: Hashable, Sendable, CustomStringConvertible {
    package var descriptor: Int32
    /// What the supervisor calls it; empty where it says nothing.
    package var name: String
    package var transport: QueryTransport
    /// nil: every local address.
    package var address: IPAddress?
    package var port: UInt16

    package init(
        descriptor: Int32, name: String, transport: QueryTransport, address: IPAddress?, port: UInt16
    ) {
        self.descriptor = descriptor
        self.name = name
        self.transport = transport
        self.address = address
        self.port = port
    }

    /// Looks at an open descriptor; nil where that is no UDP socket and no TCP socket that listens.
    package init?(descriptor: Int32, name: String) {
        var (type, length, port): (Int32, Int, UInt16) = (0, 0, 0)
        var octets = [UInt8](repeating: 0, count: 16)
        // SAFETY: the C function writes at most the 16 octets that are there, and one value through each pointer.
        let result = unsafe clinux_bound_socket(descriptor, &type, &octets, &length, &port)
        guard result == 0, length <= octets.count else { return nil }
        self.init(
            descriptor: descriptor, name: name, transport: type == Int32(SOCK_DGRAM.rawValue) ? .udp : .tcp,
            address: length == 0 ? nil : IPAddress(octets: Array(octets[..<length])), port: port)
    }

    /// `udp 127.0.0.1:53 (descriptor 3, "dns.socket")`.
    package var description: String {
        let place = ListenAddress(address: address, port: port).hostAndPort
        return "\(transport.label) \(place) (descriptor \(descriptor)\(name.isEmpty ? "" : ", \"\(name)\""))"
    }

    /// Which of `listeners` the socket is for: the one of its address and port, else the one of all addresses there.
    ///
    /// A socket for all addresses takes what a listener for one address is not to see, so it is for no such listener.
    package func listener(among listeners: [ListenAddress]) -> ListenAddress? {
        let candidates = listeners.filter { $0.port == port && (transport == .tcp || $0.isOverUDP) }
        return candidates.first { $0.address == address } ?? candidates.first { $0.address == nil }
    }
}

extension ListenAddress {
    /// Whether queries come in datagrams too: encrypted ones come over TCP alone (RFC 7858).
    var isOverUDP: Bool { scheme == .dns }
}

/// The sockets the process was started with, kept open for as long as it runs.
///
/// Listeners read from descriptors of their own for the same sockets, so that an address may come and go with reloads.
package final class InheritedSockets: Sendable {
    package static let none = InheritedSockets([])

    private let sockets: [InheritedSocket]

    package init(_ sockets: [InheritedSocket]) { self.sockets = sockets }

    /// The sockets that `listen` is answered from, where the server has the listeners `all`.
    func sockets(for listen: ListenAddress, _ transport: QueryTransport, among all: [ListenAddress])
        -> [InheritedSocket]
    {
        sockets.filter { $0.transport == transport && $0.listener(among: all) == listen }
    }

    /// Closes the sockets that none of `listeners` is for, and returns what they were.
    package static func closeUseless(
        _ sockets: [InheritedSocket], _ listeners: [ListenAddress]
    ) -> (kept: InheritedSockets, closed: [InheritedSocket]) {
        let kept = sockets.filter { $0.listener(among: listeners) != nil }
        let closed = sockets.filter { $0.listener(among: listeners) == nil }
        for socket in closed { close(socket.descriptor) }
        return (InheritedSockets(kept), closed)
    }
}
