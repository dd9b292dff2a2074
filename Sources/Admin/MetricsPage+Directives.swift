import Answering

/// `coredns_acl_*`, `coredns_autopath_*`, `coredns_dns64_*`, `coredns_local_*`: what single directives did.
extension MetricsPage {
    static func directives(_ input: MetricsInput, _ text: inout MetricsText) {
        byZone(
            "coredns_acl_blocked_requests_total", .blocked, "Queries that acl answered REFUSED, by zone.", input, &text)
        byZone(
            "coredns_acl_filtered_requests_total", .filtered, "Queries that acl answered without records, by zone.",
            input, &text)
        byZone(
            "coredns_acl_dropped_requests_total", .dropped, "Queries that acl gave no response, by zone.", input, &text)
        byServer(
            "coredns_acl_allowed_requests_total", .allowed, "Queries that acl let go on.", input, [("view", "")], &text)
        byServer(
            "coredns_autopath_success_total", .completed, "Queries answered with a later name of a search path.", input,
            [], &text)
        byServer(
            "coredns_dns64_requests_translated_total", .translated, "Queries answered with addresses made from IPv4.",
            input, [], &text)
        text.family(
            "coredns_local_localhost_requests_total", .counter,
            "Queries for names below localhost, or localhost in a zone."
        ) { text in
            let count = input.totals.reduce(0) { $0 &+ $1.count(of: .localhost) }
            if count > 0 { text.sample([], count) }
        }
    }

    /// Transfers by how they ended, of all zones together.
    static func transfers(_ input: MetricsInput, _ text: inout MetricsText) {
        let events: [(type: String, result: String, event: DirectiveEvent)] = [
            ("axfr", "failed", .zoneFailed), ("axfr", "refused", .zoneRefused), ("axfr", "sent", .zoneSent),
            ("ixfr", "failed", .differencesFailed), ("ixfr", "refused", .differencesRefused),
            ("ixfr", "sent", .differencesSent),
        ]
        text.family(
            "clusterdns_zone_transfers_out_total", .counter,
            "Transfers of zones that a transfer directive is for, asked for by clients, by type and result."
        ) { text in
            for (type, result, event) in events {
                let count = input.totals.reduce(0) { $0 &+ $1.count(of: event) }
                if count > 0 { text.sample([("type", type), ("result", result)], count) }
            }
        }
    }

    private static func byZone(
        _ name: String, _ event: DirectiveEvent, _ help: String, _ input: MetricsInput, _ text: inout MetricsText
    ) {
        text.family(name, .counter, help) { text in
            for (key, statistics) in zip(input.keys, input.totals) where statistics.count(of: event) > 0 {
                text.sample(Self.labels(key), statistics.count(of: event))
            }
        }
    }

    /// Adds the zones of each server.
    private static func byServer(
        _ name: String, _ event: DirectiveEvent, _ help: String, _ input: MetricsInput, _ more: [MetricsText.Label],
        _ text: inout MetricsText
    ) {
        var counts: [String: UInt64] = [:]
        for (key, statistics) in zip(input.keys, input.totals) {
            counts[key.server, default: 0] &+= statistics.count(of: event)
        }
        text.family(name, .counter, help) { text in
            for (server, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
                text.sample([("server", server)] + more, count)
            }
        }
    }
}
