import Answering

/// How the registries fare, and what only this server counts.
extension MetricsPage {
    static func registry(_ input: MetricsInput, _ text: inout MetricsText) {
        let registries = input.figures.registries
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

    static func own(_ input: MetricsInput, _ text: inout MetricsText) {
        text.family("clusterdns_udp_truncated_total", .counter, "Responses cut to the size the client takes.") {
            $0.sample([], input.totals.reduce(0) { $0 &+ $1.truncated })
        }
        text.family("clusterdns_worker_busy_ratio", .gauge, "Share of time spent on queries since the last look.") {
            for (worker, ratio) in input.workerLoads { $0.sample([("worker", String(worker))], ratio) }
        }
        text.family("clusterdns_shed_total", .counter, "Queries given up under load, by reason.") {
            for (reason, count) in input.figures.shedCounts.sorted(by: { $0.key < $1.key }) where count > 0 {
                $0.sample([("reason", reason)], count)
            }
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
