import Answering
import Logging
import NIOCore
import Serving
import ServiceLifecycle
import Supervision
import Synchronization

/// Opens the ports, keeps them for as long as the server runs, and closes them without losing a query.
struct ServeListeners: Service {
    /// How long TCP connections may take to finish what they have begun.
    private static let drainTime = TimeAmount.seconds(3)

    let udp: UDPListeners
    let tcp: TCPListeners
    let publisher: Publisher
    let systemd: SystemdNotifier
    let phase: ServePhase
    let logger: Logger

    /// Opens what the configuration names, and closes what it no longer does; throws where a port cannot be had.
    func open() async throws {
        let addresses = publisher.state.configuration.listeners.map(\.address)
        try udp.start(addresses)
        try await tcp.start(addresses)
        await tcp.stopAll(except: addresses, within: Self.drainTime)
        await udp.stopAll(except: addresses)
        logger.info("answering on \(addresses.map(\.description).joined(separator: ", "))")
    }

    /// Returns when the group shuts down and the last query is answered: `lameduck` later, /ready saying 503 meanwhile.
    func run() async throws {
        try await open()
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
    }
}

/// Where the server is in its life; read by the health and ready pages.
final class ServePhase: Sendable {
    enum Phase: UInt8, AtomicRepresentable, Sendable { case starting, serving, stopping }

    private let current = Atomic(Phase.starting)

    var phase: Phase { current.load(ordering: .acquiring) }

    func advance(to phase: Phase) { current.store(phase, ordering: .releasing) }
}
