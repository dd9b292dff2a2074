import Answering
import CLinux
import DNSWire
import Glibc
import NetworkAddress
import Testing

@testable import Serving

/// Sockets that are used again: each time another port, and nothing of the time before.
struct LaneSocketsTests {
    /// An upstream's end on 127.0.0.1.
    private struct Peer {
        let descriptor: Int32
        let port: UInt16

        init() throws {
            descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var address = Self.loopback
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            // SAFETY: the struct is as large as its length says, and outlives the calls.
            let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.bind(descriptor, $0, length) + getsockname(descriptor, $0, &length)
                }
            }
            try #require(result == 0)
            port = UInt16(bigEndian: address.sin_port)
        }

        private static var loopback: sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return address
        }

        /// Takes one datagram and answers it with each of `replies`; the port it came from.
        func answer(_ replies: [[UInt8]]) -> UInt16 {
            var buffer = [UInt8](repeating: 0, count: 64)
            var client = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            // SAFETY: the kernel writes at most the buffer and the struct, and reads whole arrays.
            unsafe withUnsafeMutablePointer(to: &client) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    _ = unsafe recvfrom(descriptor, &buffer, buffer.count, 0, address, &length)
                    for reply in replies { _ = unsafe sendto(descriptor, reply, reply.count, 0, address, length) }
                }
            }
            return UInt16(bigEndian: client.sin_port)
        }
    }

    private static func events(_ epoll: Int32, within milliseconds: Int32) -> [UInt64] {
        var tokens = [UInt64](repeating: 0, count: Int(CLINUX_EVENTS))
        // SAFETY: the array has the places that the function may fill.
        let count = unsafe clinux_epoll_wait(epoll, &tokens, milliseconds)
        return Array(tokens.prefix(max(0, Int(count))))
    }

    @Test func usedAgainAndAgain() throws {
        let (peer, epoll) = (try Peer(), clinux_epoll_create())
        defer {
            close(peer.descriptor)
            close(epoll)
        }
        let upstream = UpstreamAddress(address: IPAddress(ipv4: 0x7F00_0001), port: peer.port)
        var (sockets, ports, buffer) = (LaneSockets(epoll: epoll), Set<UInt16>(), [UInt8](repeating: 0, count: 64))
        for turn in 1...50 {
            let sent = sockets.send([1], to: upstream, from: [], exchange: UInt64(turn), attempt: 0)
            let place = try #require(sent)
            #expect(place.slot == 0 && place.generation == 0)
            ports.insert(peer.answer([[2]]))
            let token = try #require(Self.events(epoll, within: 1000).first)
            #expect(sockets.owner(of: token)?.exchange == UInt64(turn))
            #expect(sockets.receive(place, into: &buffer).count == 1)
            sockets.giveBack(place)
        }
        #expect(ports.count >= 48)
    }

    /// An upstream that answers twice must not wake the lane for ever.
    @Test func whatComesTooMuchEndsIt() throws {
        let (peer, epoll) = (try Peer(), clinux_epoll_create())
        defer {
            close(peer.descriptor)
            close(epoll)
        }
        let upstream = UpstreamAddress(address: IPAddress(ipv4: 0x7F00_0001), port: peer.port)
        var (sockets, buffer) = (LaneSockets(epoll: epoll), [UInt8](repeating: 0, count: 64))
        let sent = sockets.send([1], to: upstream, from: [], exchange: 1, attempt: 0)
        let place = try #require(sent)
        _ = peer.answer([[2], [2]])
        #expect(sockets.receive(place, into: &buffer).count == 1)
        sockets.giveBack(place)
        let token = try #require(Self.events(epoll, within: 1000).first)
        #expect(sockets.owner(of: token) == nil)
        sockets.discard(token)
        #expect(Self.events(epoll, within: 50).isEmpty)
        let again = sockets.send([1], to: upstream, from: [], exchange: 2, attempt: 0)
        let next = try #require(again)
        #expect(next != place)
        sockets.close(next)
    }

    /// A query that was on its way while its question ended must look again; one that came later need not.
    @Test func endedQuestions() throws {
        var ended = EndedQuestions()
        let question = UpstreamQuestion(name: try Name("www.example"), type: .a)
        #expect(!ended.mayHave(question, since: 1))
        ended.note(question, at: 100)
        #expect(ended.mayHave(question, since: 100) && !ended.mayHave(question, since: 101))
    }
}
