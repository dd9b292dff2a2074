import Answering
import DNSTesting
import DNSWire
import NetworkAddress

/// Queries and the worker that answers them.
struct ProbeRun: ~Copyable {
    static let batch = 64

    let queries: [[UInt8]]
    private let allocates: Bool
    private var answerer: Answerer
    private var next = 0

    init(_ server: TestServer, queries: [[UInt8]], allocates: Bool) {
        self.queries = queries
        self.allocates = allocates
        answerer = server.makeAnswerer()
        answerer.now = server.now
    }

    /// Asks `count` queries in turn, settling after each batch; returns the octets of all answers.
    @inline(never)
    mutating func ask(_ count: Int, into buffer: inout [UInt8]) -> Int {
        let client = QueryClient(transport: .udp, address: IPAddress(ipv4: 0xC000_0201), port: 4711)
        var octets = 0
        for index in 0..<count {
            let query = queries[next]
            var out = buffer.mutableSpan
            // SAFETY: octets have no padding, so any may be read and written.
            octets += unsafe answerer.answer(query.rawSpan, from: client, into: out.mutableBytes)
            if allocates { octets += [UInt8](repeating: 0, count: count).count & 1 }
            next = next + 1 == queries.count ? 0 : next + 1
            if index % Self.batch == Self.batch - 1 { answerer.settle(nanoseconds: 40_000) }
        }
        return octets
    }
}
