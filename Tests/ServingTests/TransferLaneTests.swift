import DNSWire
import DNSZone
import NIOCore
import NIOPosix
import Testing
import Transfers

@testable import Serving

/// Transfers beyond those that one event loop has under way at once.
struct TransferLaneTests {
    private static func order(id: UInt16) throws -> TransferOrder {
        let apex = try Name("example.")
        let rdata = RDATA.soa(
            mname: [0], rname: [0], serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1)
        let zone = TransferableZone(
            apex: apex, soa: ZoneRecord(owner: apex, type: .soa, ttl: 60, rdata: rdata)
        ) { _ in }
        let question = DNSMessage.Question(name: apex, type: .axfr)
        return TransferOrder(.whole, of: zone, question: question, id: id, flags: 0)
    }

    /// RCODE 5 is REFUSED (RFC 1035 §4.1.1).
    @Test(.timeLimit(.minutes(1))) func waitForTheirTurn() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let server = try TCPTestServer()
        let orders = try (1...4).map { try Self.order(id: UInt16($0)) }
        let begun = loop.makePromise(of: [Int].self)
        let rcodes = try await loop.submit {
            var limits = TCPLimits()
            (limits.transferCountMax, limits.waitingTransferCountMax) = (1, 2)
            let lane = TCPLane(
                listen: server.listen, publisher: server.publisher, board: server.board, log: server.log,
                limits: limits, eventLoop: loop)
            var turns: [Int] = []
            func begin(_ index: Int) -> UInt8? {
                let preparation = lane.prepare(
                    orders[index],
                    whenRoom: {
                        turns.append(index)
                        _ = begin(index)
                        if turns.count == 2 { begun.succeed(turns) }
                    },
                    { _ in lane.endTransfer() })
                return preparation.messages?.messages?.first.map { $0[3] & 0xF }
            }
            return orders.indices.map(begin)
        }.get()
        #expect(rcodes == [nil, nil, nil, 5])
        #expect(try await begun.futureResult.get() == [1, 2])
    }
}
