package import Answering
package import Serving

/// How one `forward` directive fares.
package struct ForwardStatus: Sendable {
    /// What was asked and got since the start.
    package var counts: ForwardFigures
    /// Questions that `max_concurrent` did not allow.
    package var rejectCount: UInt64
    /// The upstreams that the directive has now, in its order.
    package var upstreams: [UpstreamStatus]
    package var cache: CacheStatus

    package init(
        counts: ForwardFigures, rejectCount: UInt64, upstreams: [UpstreamStatus], cache: CacheStatus = CacheStatus()
    ) {
        self.counts = counts
        self.rejectCount = rejectCount
        self.upstreams = upstreams
        self.cache = cache
    }

    package init(_ runtime: ForwardRuntime) {
        let counts = runtime.statistics.figures
        self.init(
            counts: counts, rejectCount: runtime.rejectCount,
            upstreams: runtime.upstreams.map { UpstreamStatus($0, counts) }, cache: CacheStatus(runtime.group))
    }
}

/// How one upstream fares.
package struct UpstreamStatus: Hashable, Sendable, Encodable {
    package enum State: String, Sendable, Encodable { case up, down, looping }

    /// The label `to` of the metrics.
    package var to: String
    package var state: State
    /// The smoothed round-trip time; 0 before the first answer.
    package var rttMilliseconds: Double = 0
    package var timeouts: UInt64 = 0

    package init(to: String, state: State) {
        self.to = to
        self.state = state
    }

    fileprivate init(_ upstream: Upstream, _ counts: ForwardFigures) {
        let figures = upstream.figures
        self.init(to: upstream.label, state: figures.isLooping ? .looping : figures.isDown ? .down : .up)
        rttMilliseconds = Double(figures.smoothedRTT / 10_000) / 100
        timeouts = counts.upstreams[to]?.timeoutCount ?? 0
    }
}

/// What one cache holds.
package struct CacheStatus: Hashable, Sendable, Encodable {
    /// Of the server block, joined by spaces.
    package var zones = ""
    package var answers = 0
    package var denials = 0
    package var octets = 0

    package init() {}

    fileprivate init(_ group: ForwardGroup) {
        let held = group.cache.figures
        zones = group.definition.blockZones.joined(separator: " ")
        (answers, denials, octets) = (held.successCount, held.denialCount, held.octetCount)
    }
}
