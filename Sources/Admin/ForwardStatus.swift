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
    }
}
