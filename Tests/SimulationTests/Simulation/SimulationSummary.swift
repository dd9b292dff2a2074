/// What many histories came to.
package struct SimulationSummary: CustomStringConvertible, Sendable {
    package private(set) var failures: [String] = []
    private var count = 0
    private var requestCount = 0
    private var fullReadCount = 0
    private var faultCount = 0
    private var delays: [Duration] = []

    package init() {}

    package mutating func add(_ outcome: SimulationOutcome) {
        if let failure = outcome.failure { failures.append(failure) }
        count += 1
        requestCount += outcome.requestCount
        fullReadCount += outcome.fullReadCount
        faultCount += outcome.faultCount
        if outcome.isPrompt && outcome.failure == nil { delays.append(outcome.rightAfter) }
    }

    package mutating func add(_ other: SimulationSummary) {
        failures += other.failures
        count += other.count
        requestCount += other.requestCount
        fullReadCount += other.fullReadCount
        faultCount += other.faultCount
        delays += other.delays
    }

    /// Whether the view was right within a second of the last fault, in 99 of 100 histories.
    package var isPrompt: Bool { delay(percent: 99) <= .seconds(1) }

    package var description: String {
        let percentiles = [50, 99, 100].map { "p\($0) \(Int(delay(percent: $0) / .milliseconds(1))) ms" }
        return """
            \(count) histories of the registry, \(failures.count) wrong; \(faultCount) faults, \(requestCount) requests, \
            \(fullReadCount) full reads; right again after the last fault: \(percentiles.joined(separator: ", ")) \
            (in the \(delays.count) histories without silent losses or spent budgets)
            """
    }

    private func delay(percent: Int) -> Duration {
        let place = (delays.count * percent + 99) / 100 - 1
        return delays.isEmpty ? .zero : delays.sorted()[min(max(place, 0), delays.count - 1)]
    }
}
