package import Answering
package import Serving

/// How one `forward` directive fares.
package struct ForwardStatus: Sendable {
    /// What was asked and got since the start.
    package var counts: ForwardFigures
    /// Questions that `max_concurrent` did not allow.
    package var rejectCount: UInt64
    /// Whether each upstream is asked: by the label `to`, only those the directive has now.
    package var upstreams: [String: Bool]
    /// The same in words, in the order of the directive.
    package var states: [UpstreamStatus] = []
    package var cache = CacheStatus(zones: "", success: 0, denial: 0, octets: 0)

    package init(counts: ForwardFigures, rejectCount: UInt64, upstreams: [String: Bool]) {
        self.counts = counts
        self.rejectCount = rejectCount
        self.upstreams = upstreams
    }

    package init(_ runtime: ForwardRuntime) {
        let upstreams = runtime.upstreams.map { upstream in
            let figures = upstream.figures
            return (upstream.address.description, !figures.isDown && !figures.isLooping)
        }
        self.init(
            counts: runtime.statistics.figures, rejectCount: runtime.rejectCount,
            upstreams: Dictionary(upstreams, uniquingKeysWith: { $0 && $1 }))
        states = runtime.upstreams.map { upstream in
            let (to, figures) = (upstream.address.description, upstream.figures)
            return UpstreamStatus(
                to: to, state: figures.isLooping ? "looping" : figures.isDown ? "down" : "up",
                milliseconds: Double(figures.smoothedRTT / 10_000) / 100,
                timeouts: counts.upstreams[to]?.timeoutCount ?? 0)
        }
        let held = runtime.group.cache.figures
        cache = CacheStatus(
            zones: runtime.group.definition.blockZones.joined(separator: " "), success: held.successCount,
            denial: held.denialCount, octets: held.octetCount)
    }
}
