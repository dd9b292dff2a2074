import Answering
import DNSWire

/// `coredns_forward_*` and `coredns_proxy_*`: what upstreams were asked, and how they answered.
///
/// An upstream that several directives name has one sum; one that no directive names any more is not shown.
extension MetricsPage {
    private typealias Upstreams = [(to: String, counts: ForwardFigures.Upstream)]

    static func forwards(_ forwards: [ForwardStatus], _ text: inout MetricsText) {
        guard !forwards.isEmpty else { return }
        text.family(
            "coredns_forward_healthcheck_broken_total", .counter, "Questions that came while all upstreams were down."
        ) { $0.sample([], forwards.reduce(0) { $0 &+ $1.counts.brokenCount }) }
        text.family(
            "coredns_forward_max_concurrent_rejects_total", .counter, "Questions that max_concurrent did not allow."
        ) { $0.sample([], forwards.reduce(0) { $0 &+ $1.rejectCount }) }
        let ups = Dictionary(
            forwards.flatMap(\.upstreams).map { ($0.to, $0.state == .up) }, uniquingKeysWith: { $0 && $1 })
        text.family("clusterdns_upstream_up", .gauge, "1 for an upstream that is asked, 0 for one down or looping.") {
            for (to, isUp) in ups.sorted(by: { $0.key < $1.key }) { $0.sample([("to", to)], UInt64(isUp ? 1 : 0)) }
        }
        let upstreams = sums(forwards)
        durations(upstreams, &text)
        health(upstreams, &text)
        connections(upstreams, &text)
    }

    private static func sums(_ forwards: [ForwardStatus]) -> Upstreams {
        var sums: [String: ForwardFigures.Upstream] = [:]
        for forward in forwards {
            for to in Set(forward.upstreams.map(\.to)) {
                sums[to, default: .init()].add(forward.counts.upstreams[to] ?? .init())
            }
        }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func durations(_ upstreams: Upstreams, _ text: inout MetricsText) {
        let families: [(name: String, labels: [MetricsText.Label])] = [
            ("coredns_proxy_request_duration_seconds", [("proxy_name", "forward")]),
            ("coredns_forward_request_duration_seconds", []),
        ]
        for (name, labels) in families {
            text.family(name, .histogram, "From a question to the answer of an upstream, by RCODE.") {
                for (to, counts) in upstreams {
                    for (place, histogram) in counts.durations.sorted(by: { $0.key < $1.key }) {
                        $0.sample(
                            labels + [("to", to), ("rcode", rcode(place))], histogram,
                            bounds: SeriesStatistics.durationBoundsNanoseconds, unit: 1e9)
                    }
                }
            }
        }
        text.family("coredns_forward_requests_total", .counter, "Questions sent to an upstream.") {
            for (to, counts) in upstreams { $0.sample([("to", to)], counts.requestCount) }
        }
        text.family("coredns_forward_responses_total", .counter, "Answers of an upstream, by RCODE.") {
            for (to, counts) in upstreams {
                for (place, count) in counts.responseCounts.enumerated() where count > 0 {
                    $0.sample([("to", to), ("rcode", rcode(place))], count)
                }
            }
        }
    }

    private static func health(_ upstreams: Upstreams, _ text: inout MetricsText) {
        let families: [(name: String, labels: [MetricsText.Label])] = [
            ("coredns_proxy_healthcheck_failures_total", [("proxy_name", "forward")]),
            ("coredns_forward_healthcheck_failures_total", []),
        ]
        for (name, labels) in families {
            text.family(name, .counter, "Probes of an upstream that failed.") {
                for (to, counts) in upstreams { $0.sample(labels + [("to", to)], counts.healthFailureCount) }
            }
        }
    }

    private static func connections(_ upstreams: Upstreams, _ text: inout MetricsText) {
        text.family("coredns_proxy_conn_cache_hits_total", .counter, "Questions that found an open connection.") {
            for (to, counts) in upstreams { connections(to, counts.connectionHits, &$0) }
        }
        text.family("coredns_proxy_conn_cache_misses_total", .counter, "Questions that had to open a connection.") {
            for (to, counts) in upstreams { connections(to, counts.connectionMisses, &$0) }
        }
    }

    private static func connections(
        _ to: String, _ counts: [ForwardFigures.ConnectionProtocol: UInt64], _ text: inout MetricsText
    ) {
        for (proto, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            text.sample([("proxy_name", "forward"), ("to", to), ("proto", proto.rawValue)], count)
        }
    }

    /// The last place is shared by all RCODEs past the ones before it.
    private static func rcode(_ place: Int) -> String {
        place < ForwardFigures.rcodeCount - 1 ? RCODE(rawValue: UInt16(place)).description : "other"
    }
}
