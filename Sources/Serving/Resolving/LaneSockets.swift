import Answering
import CLinux
import DNSWire
import Glibc
import NetworkAddress

/// The UDP sockets of a lane: one for each attempt, on a port of its own, closed when its exchange ends.
struct LaneSockets {
    struct Place: Hashable {
        var slot: Int
        var generation: UInt32
    }

    private struct Socket {
        var descriptor: Int32
        var exchange: UInt64
        var attempt: Int
    }

    private let epoll: Int32
    private var sockets: [Socket?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []

    init(epoll: Int32) { self.epoll = epoll }

    /// Opens a socket and sends; nil where the kernel allows neither.
    mutating func send(
        _ octets: [UInt8], to upstream: UpstreamAddress, from source: [UInt8], exchange: UInt64, attempt: Int
    ) -> Place? {
        let address = upstream.address.octets
        // SAFETY: the C function reads as many octets as it is told, and a terminated name.
        let descriptor = unsafe clinux_upstream_socket(
            address, address.count, upstream.port, upstream.zone, source, source.count)
        guard descriptor >= 0 else { return nil }
        let place = enter(Socket(descriptor: descriptor, exchange: exchange, attempt: attempt))
        let token = UInt64(place.generation) << 32 | UInt64(place.slot + 1)
        // SAFETY: the kernel reads the octets of an array that outlives the call.
        guard clinux_epoll_add(epoll, descriptor, token) == 0,
            unsafe Glibc.send(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL)) == octets.count
        else {
            close(place)
            return nil
        }
        return place
    }

    private mutating func enter(_ socket: Socket) -> Place {
        if let slot = free.popLast() {
            sockets[slot] = socket
            return Place(slot: slot, generation: generations[slot])
        }
        sockets.append(socket)
        generations.append(0)
        return Place(slot: sockets.count - 1, generation: 0)
    }

    /// Whose socket an event is about; nil for one that has been closed meanwhile.
    func owner(of token: UInt64) -> (place: Place, exchange: UInt64, attempt: Int)? {
        let slot = Int(token & 0xFFFF_FFFF) - 1
        guard sockets.indices.contains(slot), UInt64(generations[slot]) == token >> 32, let socket = sockets[slot]
        else {
            return nil
        }
        return (Place(slot: slot, generation: generations[slot]), socket.exchange, socket.attempt)
    }

    /// Reads one datagram into `buffer`; its length, or nil where there is none, `isRefused` where the port is closed.
    func receive(_ place: Place, into buffer: inout [UInt8]) -> (count: Int?, isRefused: Bool) {
        guard generations[place.slot] == place.generation, let socket = sockets[place.slot] else { return (nil, false) }
        // SAFETY: the kernel writes at most the buffer's octets.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(socket.descriptor, $0.baseAddress, $0.count, 0) }
        return count >= 0
            ? (count, false) : (nil, errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH)
    }

    mutating func close(_ place: Place) {
        guard generations[place.slot] == place.generation, let socket = sockets[place.slot] else { return }
        Glibc.close(socket.descriptor)
        sockets[place.slot] = nil
        generations[place.slot] &+= 1
        free.append(place.slot)
    }
}
