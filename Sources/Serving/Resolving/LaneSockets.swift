import Answering
import CLinux
import Glibc
import NetworkAddress

/// The UDP sockets of a lane: each attempt has one to itself, on a random port that it takes and gives back.
///
/// To open, watch and close a socket costs more than to send by it, so those that brought their answer are kept: without
/// peer and port, which the next attempt gets anew (RFC 5452 §9.2).
struct LaneSockets {
    typealias Place = LanePlace

    /// Sockets are alike where these are: the source is bound once and for all.
    private struct Kind: Hashable {
        var isIPv6: Bool
        var source: [UInt8]
    }

    private struct Socket {
        var descriptor: Int32
        var kind: Kind
        /// Whose it is; nil while it is kept for the next.
        var owner: (exchange: UInt64, attempt: Int)?
    }

    /// Sockets of one kind that are kept; those beyond are closed.
    private static let idleCountMax = 256

    private let epoll: Int32
    private var sockets: [Socket?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []
    private var idle: [Kind: [Int]] = [:]

    init(epoll: Int32) { self.epoll = epoll }

    /// Takes or opens a socket and sends; nil where the kernel allows neither.
    mutating func send(
        _ octets: [UInt8], to upstream: UpstreamAddress, from source: [UInt8], exchange: UInt64, attempt: Int
    ) -> Place? {
        let kind = Kind(isIPv6: upstream.address.octets.count == 16, source: source)
        guard let place = takeIdle(kind, for: upstream) ?? open(kind, for: upstream) else { return nil }
        sockets[place.slot]?.owner = (exchange, attempt)
        guard let descriptor = sockets[place.slot]?.descriptor,
            // SAFETY: the kernel reads the octets of an array that outlives the call.
            unsafe Glibc.send(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL)) == octets.count
        else {
            close(place)
            return nil
        }
        return place
    }

    private mutating func takeIdle(_ kind: Kind, for upstream: UpstreamAddress) -> Place? {
        guard let slot = idle[kind]?.popLast(), let socket = sockets[slot] else { return nil }
        let place = Place(slot: slot, generation: generations[slot])
        let address = upstream.address.octets
        // SAFETY: the C function reads as many octets as it is told, and a terminated name.
        let result = unsafe clinux_upstream_connect(
            socket.descriptor, address, address.count, upstream.port, upstream.zone)
        if result == 0 { return place }
        close(place)
        return nil
    }

    private mutating func open(_ kind: Kind, for upstream: UpstreamAddress) -> Place? {
        let (address, source) = (upstream.address.octets, kind.source)
        // SAFETY: the C function reads as many octets as it is told, and a terminated name.
        let descriptor = unsafe clinux_upstream_socket(
            address, address.count, upstream.port, upstream.zone, source, source.count)
        guard descriptor >= 0 else { return nil }
        let place = enter(Socket(descriptor: descriptor, kind: kind))
        let token = UInt64(place.generation) << 32 | UInt64(place.slot + 1)
        guard clinux_epoll_add(epoll, descriptor, token) == 0 else {
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

    /// Whose socket an event is about; nil for one that has been closed or given back meanwhile.
    func owner(of token: UInt64) -> (place: Place, exchange: UInt64, attempt: Int)? {
        let slot = Int(token & 0xFFFF_FFFF) - 1
        guard sockets.indices.contains(slot), UInt64(generations[slot]) == token >> 32,
            let owner = sockets[slot]?.owner
        else { return nil }
        return (Place(slot: slot, generation: generations[slot]), owner.exchange, owner.attempt)
    }

    /// Reads one datagram into `buffer`; its length, or nil where there is none, `isRefused` where the port is closed.
    func receive(_ place: Place, into buffer: inout [UInt8]) -> (count: Int?, isRefused: Bool) {
        guard generations[place.slot] == place.generation, let descriptor = sockets[place.slot]?.descriptor else {
            return (nil, false)
        }
        // SAFETY: the kernel writes at most the buffer's octets.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return count >= 0
            ? (count, false) : (nil, errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH)
    }

    /// Takes back a socket that brought its answer, for another attempt.
    mutating func giveBack(_ place: Place) {
        guard generations[place.slot] == place.generation, let socket = sockets[place.slot] else { return }
        guard idle[socket.kind, default: []].count < Self.idleCountMax,
            clinux_upstream_disconnect(socket.descriptor) == 0
        else { return close(place) }
        sockets[place.slot]?.owner = nil
        idle[socket.kind, default: []].append(place.slot)
    }

    /// Closes a socket that nobody owns and that still has something to read: a second copy of a reply, an error.
    ///
    /// What would stay in it reports itself at every turn.
    mutating func discard(_ token: UInt64) {
        let slot = Int(token & 0xFFFF_FFFF) - 1
        guard sockets.indices.contains(slot), UInt64(generations[slot]) == token >> 32, let socket = sockets[slot],
            socket.owner == nil
        else { return }
        idle[socket.kind]?.removeAll { $0 == slot }
        close(Place(slot: slot, generation: generations[slot]))
    }

    mutating func close(_ place: Place) {
        guard generations[place.slot] == place.generation, let socket = sockets[place.slot] else { return }
        Glibc.close(socket.descriptor)
        sockets[place.slot] = nil
        generations[place.slot] &+= 1
        free.append(place.slot)
    }
}
