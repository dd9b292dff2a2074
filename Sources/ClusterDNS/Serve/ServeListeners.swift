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
    let publisher: Publisher
    let systemd: SystemdNotifier
    let phase: ServePhase
    let logger: Logger

    /// Opens the ports that are new in `configuration`; throws where one cannot be had, and then nothing has changed.
    func bind(_ configuration: ServerConfiguration) async throws(SocketError) -> UDPListeners.Bound {
        let addresses = configuration.listeners.map(\.address)
        let bound = try udp.bind(addresses)
        do { try await tcp.start(addresses) } catch {
            bound.close()
            throw error
        }
        return bound
    }

    /// Answers at the new ports, and closes those that `configuration` no longer names.
    func run(_ bound: UDPListeners.Bound, of configuration: ServerConfiguration) async {
        let addresses = configuration.listeners.map(\.address)
        udp.run(bound)
        await udp.stopAll(except: addresses)
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
        systemd.notify(.ready)
        try await gracefulShutdown()
        phase.advance(to: .stopping)
        systemd.notify(.stopping)
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
