/// How many queries of which series there were, one run of equals after the other; most batches are one run.
struct SeriesRuns {
    private typealias Run = (series: Int, count: UInt64)

    private var finished: [Run] = []
    private var current: Run = (0, 0)

    init() { finished.reserveCapacity(64) }

    mutating func append(_ series: Int) {
        if current.series != series {
            if current.count > 0 { finished.append(current) }
            current = (series, 0)
        }
        current.count &+= 1
    }

    /// Calls `body` with each run's series and length.
    mutating func removeAll(_ body: (Int, UInt64) -> Void) {
        for run in finished { body(run.series, run.count) }
        finished.removeAll(keepingCapacity: true)
        if current.count > 0 { body(current.series, current.count) }
        current.count = 0
    }
}
