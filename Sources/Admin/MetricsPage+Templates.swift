import Answering

/// `coredns_template_*`: what `template` directives matched since the configuration was loaded.
///
/// A block that is served at several addresses has its counts under the first.
extension MetricsPage {
    /// The values of labels, in the order of `names`.
    private struct Counter {
        let names: [StaticString]
        private(set) var counts: [[String]: UInt64] = [:]

        init(_ names: [StaticString]) { self.names = names }

        mutating func add(_ labels: [String], _ count: UInt64) { counts[labels, default: 0] += count }

        func write(to text: inout MetricsText) {
            for (labels, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                text.sample(zip(names, labels).map { ($0, $1) }, count)
            }
        }
    }

    static func templates(_ input: MetricsInput, _ text: inout MetricsText) {
        let names: [StaticString] = ["server", "zone", "view", "class", "type"]
        var matches = Counter(names)
        var unfilled = Counter(names + ["section", "template"])
        var unread = unfilled
        for (server, counts) in counts(input) {
            for one in counts.matches { matches.add([server, one.zone, "", "IN", one.type], one.count) }
            for one in counts.failures {
                let labels = [server, one.zone, "", "IN", one.type, one.section.rawValue, one.template]
                if one.isTemplate { unfilled.add(labels, one.count) } else { unread.add(labels, one.count) }
            }
        }
        text.family("coredns_template_matches_total", .counter, "Queries that a template matched.", matches.write)
        text.family(
            "coredns_template_template_failures_total", .counter, "Texts that a query could not fill in.",
            unfilled.write)
        text.family("coredns_template_rr_failures_total", .counter, "Texts that made no record.", unread.write)
    }

    private static func counts(_ input: MetricsInput) -> [(server: String, counts: TemplateCounts)] {
        let configuration = input.state.configuration
        return configuration.blocks.enumerated().flatMap { index, block in
            let routes = configuration.listeners.lazy.flatMap(\.routes)
            let series = routes.first { $0.blockIndex == index }?.series
            let server = series.flatMap { input.keys.indices.contains($0) ? input.keys[$0].server : nil } ?? ""
            return block.plugins.compactMap { ($0 as? TemplatePlugin).map { (server, $0.counts) } }
        }
    }
}
