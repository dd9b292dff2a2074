import Answering
import DNSWire
import NetworkAddress

/// `coredns_dns_*`: what was asked and answered, by server and zone; series that count nothing are left out.
///
/// Queries that no block takes are anyone's, so that for them there are counts alone, and none by type: the page stays
/// short whatever is asked (robustness fact 55).
extension MetricsPage {
    /// In place of a zone, all of which end with a dot.
    private static let dropped = "dropped"

    static func dns(_ input: MetricsInput, _ text: inout MetricsText) {
        let series = zip(input.keys, input.totals).map { (labels: labels($0), statistics: $1) }
        let zones = zip(input.keys, series).filter { $0.0.zone != dropped }.map(\.1)
        text.family("coredns_dns_requests_total", .counter, "Queries by zone, transport, address family and type.") {
            for (labels, statistics) in series { requests(labels, statistics, &$0) }
        }
        text.family("coredns_dns_do_requests_total", .counter, "Queries with the DO bit, by zone.") {
            for (labels, statistics) in series where statistics.dnssecRequests > 0 {
                $0.sample(labels, statistics.dnssecRequests)
            }
        }
        text.family(
            "coredns_dns_request_duration_seconds", .histogram, "From a query's receipt to its answer, by zone."
        ) {
            for (labels, statistics) in zones where statistics.durations.count > 0 {
                $0.sample(
                    labels, statistics.durations, bounds: SeriesStatistics.durationBoundsNanoseconds, unit: 1e9)
            }
        }
        text.family("coredns_dns_request_size_bytes", .histogram, "Octets of queries, by zone and transport.") {
            for (labels, statistics) in zones { sizes(labels, statistics.requestSizes, &$0) }
        }
        text.family("coredns_dns_response_size_bytes", .histogram, "Octets of responses, by zone and transport.") {
            for (labels, statistics) in zones { sizes(labels, statistics.responseSizes, &$0) }
        }
        text.family(
            "coredns_dns_responses_total", .counter, "Responses by zone, RCODE, and the directive that answered."
        ) {
            for (labels, statistics) in series { responses(labels, statistics, &$0) }
        }
    }

    private static func requests(
        _ labels: [MetricsText.Label], _ statistics: SeriesStatistics, _ text: inout MetricsText
    ) {
        let types = SeriesStatistics.types.map(\.description) + ["other"]
        let isDropped = labels.contains { $0.value == dropped }
        for transport in QueryTransport.allCases {
            for (number, family) in IPFamily.allCases.enumerated() {
                let counts = types.indices.map {
                    statistics.requests[SeriesStatistics.requestIndex(transport, family, type: $0)]
                }
                let shown = isDropped ? [("other", counts.reduce(0, &+))] : Array(zip(types, counts))
                for (type, count) in shown where count > 0 {
                    let own: [MetricsText.Label] = [
                        ("proto", transport.label), ("family", String(number + 1)), ("type", type),
                    ]
                    text.sample(labels + own, count)
                }
            }
        }
    }

    private static func sizes(_ labels: [MetricsText.Label], _ sizes: [Histogram], _ text: inout MetricsText) {
        for transport in QueryTransport.allCases {
            let histogram = sizes[Int(transport.rawValue)]
            guard histogram.count > 0 else { continue }
            text.sample(
                labels + [("proto", transport.label)], histogram, bounds: SeriesStatistics.sizeBounds.map(UInt64.init),
                unit: 1)
        }
    }

    private static func responses(
        _ labels: [MetricsText.Label], _ statistics: SeriesStatistics, _ text: inout MetricsText
    ) {
        let plugins = DirectiveOrder.answeringPlugins
        for (index, count) in statistics.responses.enumerated() where count > 0 {
            let rcode = RCODE(rawValue: UInt16(index / plugins.count))
            text.sample(labels + [("rcode", rcode.description), ("plugin", plugins[index % plugins.count])], count)
        }
    }
}
