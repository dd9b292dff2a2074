import Answering
import Logging
import NIOCore
import ServiceLifecycle
import Serving
import Supervision
import Synchronization

/// Opens the ports, keeps them for as long as the server runs, and closes them without losing a query.
struct ServeListeners: Service {
    /// How long TCP connections may take to finish what they have begun.
    private static let drainTime = TimeAmount.seconds(3)

    let udp: UDPListeners
    let tcp: TCPListeners
    let resolver: Resolver
    let tls: ServeTLS
    let publisher: Publisher
    let status: ServeStatus
    let phase: ServePhase
    let logger: Logger

    /// What `bind` has opened and read, to be handed to `run`.
    struct Bound {
        fileprivate var sockets: UDPListeners.Bound
        fileprivate var datagrams: [UDPEndpoint]
        fileprivate var connections: [TCPEndpoint]
        fileprivate var identities: ServeTLS.Identities
    }

    /// Opens the ports that are new in `configuration`, and reads its certificates.
    ///
    /// Throws where one cannot be had, and then nothing has changed.
    func bind(_ configuration: ServerConfiguration) async throws -> Bound {
        let identities = try tls.identities(for: configuration)
        let datagrams = configuration.listeners.filter { $0.settings.tls == nil }.map {
            UDPEndpoint($0.address, workerCount: $0.settings.socketCount)
        }
        let connections = configuration.listeners.map { listener in
            TCPEndpoint(
                listener.address, limits: TCPLimits(listener.settings),
                identity: listener.settings.tls.flatMap { identities[$0.definition] })
        }
        let sockets = try udp.bind(datagrams)
        do { try await tcp.start(connections) } catch {
            sockets.close()
            throw error
        }
        return Bound(sockets: sockets, datagrams: datagrams, connections: connections, identities: identities)
    }

    /// Answers as `configuration` says, at its new ports too, and closes those that it no longer names.
    func run(_ bound: Bound, of configuration: ServerConfiguration) async {
        let addresses = configuration.listeners.map(\.address)
        udp.run(bound.sockets)
        tls.use(bound.identities)
        tcp.use(bound.connections)
        await udp.stopAll(except: bound.datagrams)
        await tcp.stopAll(except: addresses, within: Self.drainTime)
        // Only now can a question that comes back be seen.
        resolver.lookForLoops()
        logger.info("answering on \(addresses.map(\.description).joined(separator: ", "))")
    }

    /// Returns when the group shuts down and the last query is answered: `lameduck` later, /ready saying 503 meanwhile.
    func run() async throws {
        let configuration = publisher.state.configuration
        await run(try await bind(configuration), of: configuration)
        phase.advance(to: .serving)
        status.notify(.ready)
        try await gracefulShutdown()
        phase.advance(to: .stopping)
        status.notify(.stopping)
        let lameduck = publisher.state.configuration.lameduck
        if lameduck > .zero {
            logger.info("plugin/health: Going into lameduck mode for \(lameduck)")
            try? await Task.sleep(for: lameduck)
        }
        await tcp.stopAll(within: Self.drainTime)
        await udp.stopAll()
        await resolver.stop()
    }
}

/// Where the server is in its life; read by the health and ready pages.
final class ServePhase: Sendable {
    enum Phase: UInt8, AtomicRepresentable, Sendable { case starting, serving, stopping }

    private let current = Atomic(Phase.starting)

    var phase: Phase { current.load(ordering: .acquiring) }

    func advance(to phase: Phase) { current.store(phase, ordering: .releasing) }
}
