import Answering
import DNSWire
import DNSZone
import NIOCore
import NIOPosix
import NetworkAddress
import Synchronization
import Testing
import Transfers

@testable import Serving

/// A primary that has nothing newer, and hangs up instead of answering some questions.
private final class FakePrimary: Sendable {
    private struct Counts {
        var connections = 0
        var questions = 0
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let primary: FakePrimary

        init(_ primary: FakePrimary) { self.primary = primary }

        /// Questions are short, and come in one piece on loopback.
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let octets = Array(unwrapInboundIn(data).readableBytesView)
            guard let message = TCPTestServer.messages(octets).first, !primary.hangsUp() else {
                return context.close(promise: nil)
            }
            guard let response = try? primary.response(to: message) else { return }
            var buffer = ByteBuffer(integer: UInt16(response.count))
            buffer.writeBytes(response)
            context.writeAndFlush(NIOAny(buffer), promise: nil)
        }
    }

    private let soa: ZoneRecord
    private let silentQuestions: Set<Int>
    private let counts = Mutex(Counts())

    init(soa: ZoneRecord, hangingUpAt silentQuestions: Set<Int> = []) {
        self.soa = soa
        self.silentQuestions = silentQuestions
    }

    var connectionCount: Int { counts.withLock { $0.connections } }

    func listen() async throws -> SecondaryDefinition.Primary {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                self.counts.withLock { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Connection(self))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        let port = UInt16(try #require(channel.localAddress?.port))
        let place = UpstreamAddress(address: try #require(IPAddress("127.0.0.1")), port: port)
        return SecondaryDefinition.Primary(place: place, key: nil)
    }

    /// Counts a question, and says whether it gets no answer.
    private func hangsUp() -> Bool {
        counts.withLock { counts in
            counts.questions += 1
            return silentQuestions.contains(counts.questions)
        }
    }

    /// The SOA alone (RFC 1995 §2), behind the question without its authority section.
    private func response(to message: [UInt8]) throws -> [UInt8] {
        let nameEnd = 12 + soa.owner.wire.count + 4
        var response = Array(message[..<nameEnd])
        response[2] = 0x84
        response[7] = 1
        (response[9], response[11]) = (0, 0)
        response += [0xC0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, UInt8(soa.rdata.count)] + soa.rdata
        return response
    }
}

struct TransferClientTests {
    private let apex = Name.root
    private let soa: ZoneRecord

    init() {
        let rdata = RDATA.soa(mname: [0], rname: [0], serial: 7, refresh: 1, retry: 1, expire: 1, minimum: 1)
        soa = ZoneRecord(owner: .root, type: .soa, ttl: 60, rdata: rdata)
    }

    private func ask(_ client: TransferClient, _ primary: SecondaryDefinition.Primary) async throws -> UInt32? {
        guard case .unchanged(let serial) = try await client.ask(primary, ClientTLS(), for: apex, since: soa) else {
            return nil
        }
        return serial
    }

    @Test(.timeLimit(.minutes(1))) func oneConnectionServesManyQuestions() async throws {
        let primary = FakePrimary(soa: soa)
        let (client, place) = (TransferClient(group: MultiThreadedEventLoopGroup.singleton), try await primary.listen())
        for _ in 0..<5 { #expect(try await ask(client, place) == 7) }
        #expect(primary.connectionCount == 1)
    }

    /// A primary may close what was idle at any time (RFC 7766 §6.2.3): that is no failure of its own.
    @Test(.timeLimit(.minutes(1))) func aClosedConnectionIsReplaced() async throws {
        let primary = FakePrimary(soa: soa, hangingUpAt: [3])
        let (client, place) = (TransferClient(group: MultiThreadedEventLoopGroup.singleton), try await primary.listen())
        for _ in 0..<4 { #expect(try await ask(client, place) == 7) }
        #expect(primary.connectionCount == 2)
    }

    @Test(.timeLimit(.minutes(1))) func aNewConnectionThatIsClosedIsAFailure() async throws {
        let primary = FakePrimary(soa: soa, hangingUpAt: [1])
        let (client, place) = (TransferClient(group: MultiThreadedEventLoopGroup.singleton), try await primary.listen())
        await #expect(throws: TransferFailure.cut("the connection was closed")) { try await ask(client, place) }
        #expect(try await ask(client, place) == 7)
    }
}
