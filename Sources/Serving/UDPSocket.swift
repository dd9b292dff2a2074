import Answering
import CLinux
import Glibc
import NetworkAddress

/// One bound UDP socket; several share a port, and the kernel spreads the clients over them (SO_REUSEPORT).
struct UDPSocket: Sendable {
    /// Room for a burst: queries wait here while the worker is busy.
    private static let receiveBufferOctetCount: Int32 = 4 << 20
    /// An idle worker wakes this often to take a new state and to leave its counts.
    private static let idleMilliseconds: Int32 = 500

    let descriptor: Int32

    static func open(_ listen: ListenAddress) throws(SocketError) -> UDPSocket {
        let octets = listen.address?.octets ?? []
        // SAFETY: the C function reads as many octets as it is told; none mean every local address.
        let descriptor = unsafe clinux_udp_socket(
            octets, octets.count, listen.port, receiveBufferOctetCount, idleMilliseconds)
        guard descriptor >= 0 else { throw SocketError(listen: listen, transport: .udp, errno: -descriptor) }
        return UDPSocket(descriptor: descriptor)
    }

    /// From here on the kernel delivers no new datagram; those in the queue can still be read.
    func closeGate() { clinux_udp_close_gate(descriptor) }

    func close() { Glibc.close(descriptor) }
}
