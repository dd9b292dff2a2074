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

/// Asks primaries for zones, over TCP or TLS; a connection that is still open is used again (RFC 7766 §6.2.1).
package struct TransferClient: Sendable {
    private let group: any EventLoopGroup
    private let contexts = TransferTLSContexts()
    private let idle = IdleTransferConnections()

    /// The messages of a transfer are read on the loops of `group`, and a large zone keeps one busy.
    package init(group: any EventLoopGroup) { self.group = group }

    /// All of a zone, or what changed since the version of `soa`; `tls` is for primaries that are asked over TLS.
    package func ask(
        _ primary: SecondaryDefinition.Primary, _ tls: ClientTLS, for apex: Name, since soa: ZoneRecord?
    ) async throws(TransferFailure) -> TransferIntake.Result {
        let id = UInt16.random(in: .min ... .max)
        var octets = TransferQuestion.transfer(of: apex, since: soa, id: id)
        var signer = primary.key.map { TSIGSigner($0) }
        signer?.sign(&octets, now: UInt64(max(0, time(nil))))
        let question = TransferConnection.Question(
            octets: octets, intake: TransferIntake(apex: apex, id: id, since: soa?.serial, request: signer))
        let place = IdleTransferConnections.Place(place: primary.place, tls: tls)
        do {
            if let connection = idle.take(place) {
                do { return try await ask(question, on: connection, to: place) } catch is TransferConnection.Stale {}
            }
            return try await ask(question, on: try await connect(to: place), to: place)
        } catch let failure as TransferFailure {
            throw failure
        } catch {
            throw .cut("\(error)")
        }
    }

    private func ask(
        _ question: TransferConnection.Question, on connection: TransferConnection,
        to place: IdleTransferConnections.Place
    ) async throws -> TransferIntake.Result {
        let result = try await connection.ask(question)
        idle.keep(connection, to: place)
        return result
    }

    private func connect(to target: IdleTransferConnections.Place) async throws -> TransferConnection {
        let place = target.place
        let context = place.isTLS ? try contexts.context(target.tls) : nil
        let host = place.zone.isEmpty ? "" : "%\(place.zone)"
        let loop = group.any()
        let prepared = loop.makePromise(of: TransferConnection.self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(5)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if let context, case .tls(let serverName) = place.transport {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: serverName))
                }
                prepared.succeed(try TransferConnection.prepare(channel))
            }
        }
        do {
            let address = try SocketAddress(ipAddress: "\(place.address)\(host)", port: Int(place.port))
            _ = try await bootstrap.connect(to: address).get()
        } catch {
            let failure = TransferFailure.unreachable(TransferConnection.reason(error))
            prepared.fail(failure)
            throw failure
        }
        return try await prepared.futureResult.get()
    }
}

/// Connections that wait for their next question, one to each place.
private final class IdleTransferConnections: Sendable {
    struct Place: Hashable {
        var place: UpstreamAddress
        var tls: ClientTLS
    }

    private let connections = Mutex<[Place: TransferConnection]>([:])

    func take(_ place: Place) -> TransferConnection? {
        let connection = connections.withLock { $0.removeValue(forKey: place) }
        return connection?.isOpen == true ? connection : nil
    }

    /// Forgets those that were closed meanwhile.
    func keep(_ connection: TransferConnection, to place: Place) {
        let surplus = connections.withLock { connections in
            connections = connections.filter { $0.value.isOpen }
            return connections.updateValue(connection, forKey: place)
        }
        surplus?.close()
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
