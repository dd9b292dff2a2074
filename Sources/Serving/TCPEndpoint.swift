package import Answering
import NIOCore

/// A listen address for connections, and how these are taken.
package struct TCPEndpoint: Sendable {
    package var address: ListenAddress
    package var limits: TCPLimits
    /// Present where connections are encrypted.
    package var identity: TLSIdentity?

    package init(_ address: ListenAddress, limits: TCPLimits = TCPLimits(), identity: TLSIdentity? = nil) {
        self.address = address
        self.limits = limits
        self.identity = identity
    }
}

extension TCPLimits {
    /// How long the other side of an encrypted connection may take to say goodbye.
    static let tlsGoodbyeTime = TimeAmount.milliseconds(250)
    /// Encrypted connections of one listener: each takes up to 45 KiB for its keys and a cut record, so 45 MiB in all.
    private static let tlsConnectionCountMax = 1000

    /// The limits of a listener with these settings: a timeout is kept to within a sweep, and never exceeded.
    package init(_ settings: ListenerSettings) {
        self.init()
        var grace = sweepInterval
        if settings.tls != nil {
            connectionCountMax = Self.tlsConnectionCountMax
            // The goodbye counts too.
            grace = grace + Self.tlsGoodbyeTime
            silenceTimeout = silenceTimeout - Self.tlsGoodbyeTime
            messageTimeout = messageTimeout - Self.tlsGoodbyeTime
            unsentTimeout = unsentTimeout - Self.tlsGoodbyeTime
        }
        if let read = settings.timeouts.read {
            silenceTimeout = TimeAmount(read) - grace
            messageTimeout = silenceTimeout
        }
        if let write = settings.timeouts.write { unsentTimeout = TimeAmount(write) - grace }
        if let idle = settings.timeouts.idle {
            idleTimeout = TimeAmount(idle)
            crowdedIdleTimeout = min(crowdedIdleTimeout, idleTimeout)
        }
    }
}
