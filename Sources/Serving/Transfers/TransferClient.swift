package import Answering
package import DNSWire
package import DNSZone
import Glibc
package import NIOCore
import NIOPosix
import NIOSSL
import NetworkAddress
import Synchronization
import TSIG
package import Transfers

/// Asks a primary for a zone, over TCP or TLS.
package struct TransferClient: Sendable {
    /// Without an octet for so long a primary counts as gone.
    private static let silenceMax = TimeAmount.seconds(15)

    private let group: any EventLoopGroup
    private let contexts = TransferTLSContexts()

    /// The messages of a transfer are read on the loops of `group`, and a large zone keeps one busy.
    package init(group: any EventLoopGroup) { self.group = group }

    /// What the system says, where it is the system that does.
    fileprivate static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return error is ChannelError ? "no answer in time" : "\(error)" }
        // SAFETY: the text is the system's own, and copied at once.
        return unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) } ?? "error \(error.errnoCode)"
    }

    /// All of a zone, or what changed since the version of `soa`; `tls` is for primaries that are asked over TLS.
    package func ask(
        _ primary: SecondaryDefinition.Primary, _ tls: ClientTLS, for apex: Name, since soa: ZoneRecord?
    ) async throws(TransferFailure) -> TransferIntake.Result {
        let id = UInt16.random(in: .min ... .max)
        var question = TransferQuestion.transfer(of: apex, since: soa, id: id)
        var signer = primary.key.map { TSIGSigner($0) }
        signer?.sign(&question, now: UInt64(max(0, time(nil))))
        let intake = TransferIntake(apex: apex, id: id, since: soa?.serial, request: signer)
        do {
            let host = primary.place.zone.isEmpty ? "" : "%\(primary.place.zone)"
            let address = try SocketAddress(
                ipAddress: "\(primary.place.address)\(host)", port: Int(primary.place.port))
            let loop = group.any()
            let promise = loop.makePromise(of: TransferIntake.Result.self)
            let octets = question
            let context = primary.place.isTLS ? try contexts.context(tls) : nil
            let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(5)).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context, case .tls(let serverName) = primary.place.transport {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: serverName))
                    }
                    try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: Self.silenceMax))
                    try channel.pipeline.syncOperations.addHandler(
                        TransferHandler(question: octets, intake: intake, promise: promise))
                }
            }
            bootstrap.connect(to: address).whenFailure { promise.fail(TransferFailure.unreachable(Self.reason($0))) }
            return try await promise.futureResult.get()
        } catch let failure as TransferFailure {
            throw failure
        } catch {
            throw .cut("\(error)")
        }
    }
}

/// What primaries are asked with over TLS; the files of `tls` are not read for every question.
private final class TransferTLSContexts: Sendable {
    /// Then they are read anew, since certificates are renewed.
    private static let ageMax = Duration.seconds(60)

    private let kept = Mutex<[ClientTLS: (context: NIOSSLContext, time: ContinuousClock.Instant)]>([:])

    /// TLS must be 1.3 (RFC 9103 §9.1).
    func context(_ tls: ClientTLS) throws(TransferFailure) -> NIOSSLContext {
        let now = ContinuousClock.now
        if let (context, time) = kept.withLock({ $0[tls] }), now - time < Self.ageMax { return context }
        do {
            let context = try UpstreamTLS.context(tls, minimumVersion: .tlsv13)
            kept.withLock { kept in
                kept = kept.filter { now - $0.value.time < Self.ageMax }
                kept[tls] = (context, now)
            }
            return context
        } catch {
            throw .handshake("the files of \"tls\" cannot be used: \(error)")
        }
    }
}

/// One transfer on one connection.
private final class TransferHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let question: [UInt8]
    private var intake: TransferIntake
    private var inbound = ByteBuffer()
    /// Whether anything came.
    private var hasRead = false
    private var promise: EventLoopPromise<TransferIntake.Result>?

    init(question: [UInt8], intake: TransferIntake, promise: EventLoopPromise<TransferIntake.Result>) {
        self.question = question
        self.intake = intake
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt16(question.count))
        buffer.writeBytes(question)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasRead = true
        var octets = unwrapInboundIn(data)
        inbound.writeBuffer(&octets)
        while promise != nil, let length = inbound.getInteger(at: inbound.readerIndex, as: UInt16.self),
            inbound.readableBytes >= 2 + Int(length)
        {
            inbound.moveReaderIndex(forwardBy: 2)
            guard let message = inbound.readBytes(length: Int(length)) else { return }
            do throws(TransferFailure) {
                guard let result = try intake.take(message, now: UInt64(max(0, time(nil)))) else { continue }
                end(context, .success(result))
            } catch {
                end(context, .failure(error))
            }
        }
        inbound.discardReadBytes()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { end(context, .failure(.cut("it says nothing more"))) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context, .failure(.cut("the connection was closed")))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            end(context, .failure(hasRead ? .cut("\(error)") : .handshake("\(error)")))
        default: end(context, .failure(.cut(TransferClient.reason(error))))
        }
    }

    private func end(_ context: ChannelHandlerContext, _ result: Result<TransferIntake.Result, TransferFailure>) {
        guard let promise else { return }
        self.promise = nil
        promise.completeWith(result.mapError { $0 as any Error })
        context.close(promise: nil)
    }
}
