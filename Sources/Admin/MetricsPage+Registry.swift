import Answering

/// How the registries fare, and what only this server counts.
extension MetricsPage {
    static func registry(_ input: MetricsInput, _ text: inout MetricsText) {
        let registries = input.figures.registries
        requests(registries.compactMap(\.requests), &text)
        losses(registries, &text)
        text.family(
            "coredns_kubernetes_dns_programming_duration_seconds", .histogram,
            "From the change of an endpoint to the answer that shows it, by kind of Service."
        ) { text in
            for (kind, durations) in sums(registries.map(\.programmingDurations)) where durations.histogram.count > 0 {
                text.sample([("service_kind", kind)], durations)
            }
        }
        text.family("clusterdns_registry_age_seconds", .gauge, "Time since the last sign of life, by resource.") {
            text in
            // Of several registries the one that has been silent for the longest counts.
            let ages = registries.reduce(into: [:]) { $0.merge($1.ages, uniquingKeysWith: max) }
            for (resource, age) in ages.sorted(by: { $0.key < $1.key }) { text.sample([("resource", resource)], age) }
        }
        text.family("clusterdns_registry_objects", .gauge, "Objects known, by kind.") { text in
            let counts = registries.reduce(into: [:]) { $0.merge($1.objectCounts, uniquingKeysWith: &+) }
            for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
                text.sample([("kind", kind)], UInt64(clamping: count))
            }
        }
        text.family("clusterdns_registry_apply_seconds", .histogram, "From an event to the answers that show it.") {
            text in
            guard var sum = registries.first?.applyDurations else { return }
            for registry in registries.dropFirst() { sum.add(registry.applyDurations) }
            text.sample([], sum)
        }
    }

    /// Several registries of one server are one client to it.
    private static func requests(_ requests: [RequestStatus], _ text: inout MetricsText) {
        let hosts = Dictionary(grouping: requests, by: \.host).sorted { $0.key < $1.key }
        text.family(
            "coredns_kubernetes_rest_client_requests_total", .counter, "Requests to the Kubernetes API, by status code."
        ) { text in
            for (host, requests) in hosts {
                let counts = requests.reduce(into: [:]) { $0.merge($1.counts, uniquingKeysWith: &+) }
                for (code, count) in counts.sorted(by: { $0.key < $1.key }) {
                    text.sample([("code", code), ("method", requests[0].method), ("host", host)], count)
                }
            }
        }
        text.family(
            "coredns_kubernetes_rest_client_request_duration_seconds", .histogram,
            "From a request to the Kubernetes API to the head of its response."
        ) { text in
            for (host, requests) in hosts {
                var sum = Histogram(bucketCount: requests[0].bounds.count)
                for request in requests { sum.add(request.durations) }
                let labels: [MetricsText.Label] = [("verb", requests[0].method), ("host", host)]
                text.sample(labels, sum, bounds: requests[0].bounds, unit: 1e9)
            }
        }
    }

    private static func losses(_ registries: [RegistryStatus], _ text: inout MetricsText) {
        text.family(
            "clusterdns_registry_rejected_objects_total", .counter, "Objects skipped since they could not be read."
        ) { $0.samples(registries.map(\.rejectedCounts)) }
        text.family(
            "clusterdns_registry_emptied_lists_total", .counter, "Empty lists where many objects were known."
        ) { $0.samples(registries.map(\.emptiedCounts)) }
    }

    static func own(_ input: MetricsInput, _ text: inout MetricsText) {
        text.family("clusterdns_udp_truncated_total", .counter, "Responses cut to the size the client takes.") {
            $0.sample([], input.totals.reduce(0) { $0 &+ $1.truncated })
        }
        text.family(
            "clusterdns_searchpath_nxdomain_total", .counter,
            "NXDOMAIN for names that no Service can have: a client's search path behind a name from elsewhere."
        ) { $0.sample([], input.totals.reduce(0) { $0 &+ $1.count(of: .searched) }) }
        text.family("clusterdns_worker_busy_ratio", .gauge, "Share of time spent on queries since the last look.") {
            for (worker, ratio) in input.workerLoads { $0.sample([("worker", String(worker))], ratio) }
        }
        text.family("clusterdns_shed_total", .counter, "Queries given up under load, by reason.") {
            for (reason, count) in input.figures.shedCounts.sorted(by: { $0.key < $1.key }) where count > 0 {
                $0.sample([("reason", reason)], count)
            }
        }
        text.family("clusterdns_deferred_in_flight", .gauge, "Queries that wait for upstreams.") {
            $0.sample([], UInt64(clamping: input.figures.deferredInFlight))
        }
        text.family("clusterdns_log_dropped_total", .counter, "Log lines that could not be written in time.") {
            $0.sample([], input.logDropCount)
        }
    }

    private static func sums(_ parts: [[String: DurationHistogram]]) -> [(String, DurationHistogram)] {
        var sums: [String: DurationHistogram] = [:]
        for (kind, durations) in parts.joined() { sums[kind, default: DurationHistogram(.programming)].add(durations) }
        return sums.sorted { $0.key < $1.key }
    }
}

extension MetricsText {
    /// A sample for each resource, added up over registries.
    fileprivate mutating func samples(_ counts: [[String: UInt64]]) {
        let sums = counts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: &+) }
        for (resource, count) in sums.sorted(by: { $0.key < $1.key }) { sample([("resource", resource)], count) }
    }
}
