import Answering
import CLinux
import Glibc
import NetworkAddress

/// One bound UDP socket; several share a port, and the kernel spreads the clients over them (SO_REUSEPORT).
///
/// Several may be descriptors of one socket that was inherited; each datagram then goes to one of their readers.
struct UDPSocket: Sendable {
    /// Room for a burst: queries wait here while the worker is busy.
    private static let receiveBufferOctetCount: Int32 = 4 << 20
    /// The same while more comes than can be answered: an answer is of use for as long as its client waits, and what lies
    /// in a long queue is answered too late, all of it.
    private static let crowdedBufferOctetCount: Int32 = 256 << 10
    /// An idle worker wakes this often to take a new state and to leave its counts.
    private static let idleMilliseconds: Int32 = 500

    let descriptor: Int32
    /// The socket and what waits in it are the next process's too.
    var isInherited = false

    static func open(_ listen: ListenAddress) throws(SocketError) -> UDPSocket {
        let octets = listen.address?.octets ?? []
        // SAFETY: the C function reads as many octets as it is told; none mean every local address.
        let descriptor = unsafe clinux_udp_socket(
            octets, octets.count, listen.port, receiveBufferOctetCount, idleMilliseconds)
        guard descriptor >= 0 else { throw SocketError(listen: listen, transport: .udp, errno: -descriptor) }
        return UDPSocket(descriptor: descriptor)
    }

    /// A descriptor of its own for a socket that was inherited.
    static func adopt(_ socket: InheritedSocket, for listen: ListenAddress) throws(SocketError) -> UDPSocket {
        let descriptor = clinux_adopt_udp_socket(socket.descriptor, receiveBufferOctetCount, idleMilliseconds)
        guard descriptor >= 0 else { throw SocketError(listen: listen, transport: .udp, errno: -descriptor) }
        return UDPSocket(descriptor: descriptor, isInherited: true)
    }

    /// Has fewer queries wait, or as many as at first.
    func holdLess(_ isTooMuch: Bool) {
        clinux_set_receive_buffer(descriptor, isTooMuch ? Self.crowdedBufferOctetCount : Self.receiveBufferOctetCount)
    }

    /// From here on the kernel delivers no new datagram; those in the queue can still be read.
    ///
    /// Nothing happens to a socket that was inherited: its readers stop, and the next process reads on.
    func closeGate() {
        if !isInherited { clinux_udp_close_gate(descriptor) }
    }

    func close() { Glibc.close(descriptor) }
}
