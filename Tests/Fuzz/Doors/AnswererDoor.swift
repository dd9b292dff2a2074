import Answering
import DNSTesting
import DNSWire
import NetworkAddress

/// Queries: a first octet that says who asks whom and how, then a message as it comes from the network.
struct AnswererDoor: Door {
    static let name = "answerer"

    private var servers: [AskedServer]

    init() throws { servers = try FuzzServers.make().map { AskedServer($0.makeAnswerer()) } }

    mutating func take(_ input: RawSpan) throws(Broken) {
        guard input.byteCount > 0 else { return }
        let choice = input.octet(0)
        let query = input.extracting(droppingFirst: 1)
        let isTCP = choice & 1 == 1
        let address = IPAddress(choice & 8 == 0 ? "192.0.2.1" : "2001:db8::7") ?? IPAddress(ipv4: 0)
        let client = QueryClient(transport: isTCP ? .tcp : .udp, address: address, port: 4711)
        let reply = servers[Int(choice >> 1 & 3)].ask(query, client, letsTimePass: choice & 16 != 0)
        _ = try ReplyJudge.judge(reply, to: query, isTCP: isTCP)
    }
}

/// A server with what it takes to answer as a worker and a resolver lane together do.
final class AskedServer {
    /// The octets of a place in a batch; a reply over UDP must not need more.
    private static let udpOctetCount = 4096
    private static let roundCountMax = 24

    private var answerer: Answerer
    private let upstream: (UpstreamQuestion) -> DNSMessage
    private var udp = [UInt8](repeating: 0xEE, count: udpOctetCount)
    private var tcp = [UInt8](repeating: 0xEE, count: Answerer.tcpOctetCountMax)

    init(_ answerer: consuming Answerer, upstream: @escaping (UpstreamQuestion) -> DNSMessage = FuzzServers.reply) {
        self.answerer = answerer
        self.answerer.now = 1_000_000_000_000
        self.answerer.keepalive = 100
        self.upstream = upstream
    }

    /// The reply; empty for silence.
    func ask(_ query: RawSpan, _ client: QueryClient, letsTimePass: Bool) -> [UInt8] {
        if letsTimePass { answerer.now &+= 40_000_000_000 }
        answerer.found = []
        answerer.patience = .waits
        var count = answer(query, client)
        for round in 0..<Self.roundCountMax {
            guard let place = answerer.outcome.deferred, let need = answerer.needed else { break }
            let group = answerer.state.forwards[place]
            guard let reply = UpstreamReply(upstream(need), to: need, caps: group.definition.cache) else { return [] }
            group.cache.store(reply.answer, for: need, now: answerer.now)
            answerer.found.append(FoundAnswer(group: group, question: need, answer: reply.answer))
            if round == Self.roundCountMax - 2 { answerer.patience = .isOver }
            count = answer(query, client)
        }
        answerer.found = []
        answerer.settle(nanoseconds: 1000)
        return Array((client.transport == .tcp ? tcp : udp)[..<count])
    }

    private func answer(_ query: RawSpan, _ client: QueryClient) -> Int {
        // SAFETY: octets have no padding, so any may be read and written.
        if client.transport == .tcp {
            var out = tcp.mutableSpan
            return unsafe answerer.answer(query, from: client, into: out.mutableBytes)
        }
        var out = udp.mutableSpan
        return unsafe answerer.answer(query, from: client, into: out.mutableBytes)
    }
}
