import Synchronization

/// Counts of requests, for `coredns_kubernetes_rest_client_*`; one lock for each request.
package final class RequestStatistics: Sendable {
    private let state: Mutex<RequestFigures>

    init(host: String) { state = Mutex(RequestFigures(host: host)) }

    package var figures: RequestFigures { state.withLock { $0 } }

    /// `code` nil: no response came; `duration` runs to the head of the response.
    func count(code: Int?, duration: Duration) {
        let seconds = duration.seconds
        state.withLock { figures in
            figures.counts[code.map(String.init) ?? "<error>", default: 0] += 1
            let bucket = RequestFigures.bounds.firstIndex { seconds <= $0 } ?? RequestFigures.bounds.count
            figures.buckets[bucket] += 1
            figures.durationSum += seconds
        }
    }
}

/// What one client asked of its server so far.
package struct RequestFigures: Hashable, Sendable {
    /// Prometheus' default buckets, which CoreDNS takes (plugin/kubernetes/metrics.go), in seconds.
    package static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// `HOST:PORT`.
    package var host: String
    /// The labels `method` and `verb`: nothing is ever written.
    package var method: String { "GET" }
    /// By status code, or `<error>` as client-go has it.
    package var counts: [String: Int] = [:]
    /// Not added up; the last is for what took longer than the last bound.
    package var buckets = Array(repeating: 0, count: RequestFigures.bounds.count + 1)
    /// Seconds.
    package var durationSum = 0.0

    package init(host: String) { self.host = host }
}
