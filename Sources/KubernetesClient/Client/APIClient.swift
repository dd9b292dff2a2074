package import Logging
package import NIOCore

/// Talks to one API server: lists and single objects for commands, reflectors for the registry.
///
/// Owns its connections, on the event loops of another. `shutdown` must have returned before the last reference goes.
package final class APIClient: Sendable {
    package let configuration: APIServerConfiguration
    let transport: Transport
    let probe: ServerProbe

    /// Reads no file and opens no connection yet.
    package init(
        _ configuration: APIServerConfiguration, limits: APIClientLimits = APIClientLimits(),
        group: any EventLoopGroup, logger: Logger
    ) {
        self.configuration = configuration
        let transport = Transport(configuration, limits: limits, group: group, logger: logger)
        self.transport = transport
        probe = ServerProbe(every: limits.probeInterval) { await transport.answersProbe() }
    }

    package var figures: RequestFigures { transport.statistics.figures }

    /// Ends what is in flight, and closes all connections.
    package func shutdown() async {
        await probe.stop()
        await transport.credentials.stop()
        await transport.shutdown()
    }
}
