/// What waiting queries may take of the server.
package struct ResolverLimits: Sendable {
    /// Queries that wait for upstreams, of all lanes; more are refused with SERVFAIL, the newest first.
    package var jobCountMax = 16_384
    /// Questions under way to upstreams, of all lanes.
    package var exchangeCountMax = 4_096
    /// A query is answered after this long, whatever upstreams do: 5 s with what a lane may be late.
    package var queryTimeout = Duration.milliseconds(4_750)
    /// A question to upstreams is given up after this long, so that there is time to answer those who wait.
    package var exchangeTimeout = Duration.milliseconds(4_500)
    /// Times a query is answered anew because it needs yet another answer.
    package static let roundCountMax = 24
    /// What an upstream may take to answer whether it is alive.
    package static let probeTimeout = Duration.seconds(1)
    /// How long after a loop was found, or could not be looked for, it is looked for again.
    package static let loopInterval = Duration.seconds(30)
    package static let loopRetryInterval = Duration.seconds(5)
    /// The UDP payload asked for: no larger, so that no reply comes in fragments (RFC 9715).
    package static let udpSize: UInt16 = 1232

    package init() {}
}
