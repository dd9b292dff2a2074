/// What an `APIClient` may cost the server, and how long it waits.
package struct APIClientLimits: Hashable, Sendable {
    /// Requests a second (`apiserver_qps`); nil: no bound.
    ///
    /// client-go has 5 by default. A start with paged lists would wait for seconds behind it, and a reflector asks
    /// seldom enough by itself.
    package var rate: Double?
    /// Requests above the rate that may come at once (`apiserver_burst`), 10 as in client-go.
    package var burst = 10
    /// Requests that wait for the head of their response at once (`apiserver_max_inflight`); nil: no bound.
    ///
    /// A watch counts until it is open, as in CoreDNS (plugin/kubernetes, newMaxInflightRoundTripper).
    package var inFlight: Int?

    /// For name resolution, TCP and TLS together: a lost server must not hold a retry for long.
    package var connect = Duration.seconds(2)
    /// From sending a request to the head of its response.
    package var responseHead = Duration.seconds(10)
    /// From that head to the end of one page or object of a command; bodies that are followed have no such bound.
    package var page = Duration.seconds(60)
    /// Between two probes of a server that is away.
    package var probeInterval = Duration.milliseconds(600)

    package init(rate: Double? = nil, burst: Int? = nil, inFlight: Int? = nil) {
        self.rate = rate ?? (burst == nil ? nil : 5)
        self.burst = burst ?? 10
        self.inFlight = inFlight
    }
}
