import Answering

/// `coredns_cache_*`: the caches of blocks with `cache` and `forward`.
extension MetricsPage {
    /// A cache, under the first server and zone of its block; the look-ups are counted by server and zone.
    static func caches(_ input: MetricsInput, _ text: inout MetricsText) {
        contents(input, &text)
        lookups(input, &text)
    }

    private static func contents(_ input: MetricsInput, _ text: inout MetricsText) {
        let caches = caches(of: input)
        text.family("coredns_cache_entries", .gauge, "Entries of the cache, by type.") {
            for (labels, figures) in caches {
                $0.sample(labels + [("type", "success")], UInt64(clamping: figures.successCount))
                $0.sample(labels + [("type", "denial")], UInt64(clamping: figures.denialCount))
            }
        }
        text.family("coredns_cache_evictions_total", .counter, "Entries given up for newer ones, by type.") {
            for (labels, figures) in caches {
                $0.sample(labels + [("type", "success")], figures.evictedSuccessCount)
                $0.sample(labels + [("type", "denial")], figures.evictedDenialCount)
            }
        }
        text.family("coredns_cache_drops_total", .counter, "Replies that answer something else than was asked.") {
            for (labels, figures) in caches { $0.sample(labels, figures.dropCount) }
        }
        text.family("coredns_cache_prefetch_total", .counter, "Answers asked for again before they expire.") {
            for (labels, figures) in caches { $0.sample(labels, figures.prefetchCount) }
        }
    }

    private static func lookups(_ input: MetricsInput, _ text: inout MetricsText) {
        let series = cachedSeries(of: input).map { (labels: cacheLabels($0.key), counts: $0.counts) }
        text.family("coredns_cache_requests_total", .counter, "Queries that the cache was asked for.") {
            for (labels, counts) in series {
                let hits = counts.cacheSuccessHits &+ counts.cacheDenialHits
                $0.sample(labels, hits &+ counts.cacheStaleAnswers &+ counts.cacheMisses)
            }
        }
        text.family("coredns_cache_hits_total", .counter, "Queries answered from the cache, by type.") {
            for (labels, counts) in series {
                $0.sample(labels + [("type", "success")], counts.cacheSuccessHits)
                $0.sample(labels + [("type", "denial")], counts.cacheDenialHits)
            }
        }
        text.family("coredns_cache_misses_total", .counter, "Queries that the cache had no answer to.") {
            for (labels, counts) in series { $0.sample(labels, counts.cacheMisses) }
        }
        text.family("coredns_cache_served_stale_total", .counter, "Queries answered with expired data.") {
            for (labels, counts) in series { $0.sample(labels, counts.cacheStaleAnswers) }
        }
    }

    private static func cacheLabels(_ key: SeriesRegistry.Key) -> [MetricsText.Label] {
        [("server", key.server), ("zones", key.zone), ("view", "")]
    }

    /// The groups with a cache that the directives of a block ask.
    private static func groups(_ block: BlockPlugins, _ state: ServingState) -> [Int] {
        block.compactMap { ($0 as? ForwardPlugin)?.group }.filter { group in
            state.forwards.indices.contains(group) && state.forwards[group].definition.cache != .none
        }
    }

    private typealias BlockPlugins = [any Plugin]

    private static func caches(
        of input: MetricsInput
    ) -> [(labels: [MetricsText.Label], figures: ResponseCache.Figures)] {
        var seen = Set<Int>()
        var sums: [Int: ResponseCache.Figures] = [:]
        for route in input.state.configuration.listeners.flatMap(\.routes)
        where input.keys.indices.contains(route.series) {
            for group in groups(route.block.plugins, input.state) where seen.insert(group).inserted {
                let figures = input.state.forwards[group].cache.figures
                sums[route.series, default: .init()].add(figures)
            }
        }
        return sums.sorted { $0.key < $1.key }.map { (cacheLabels(input.keys[$0.key]), $0.value) }
    }

    private static func cachedSeries(
        of input: MetricsInput
    ) -> [(key: SeriesRegistry.Key, counts: SeriesStatistics)] {
        let cached = Set(
            input.state.configuration.listeners.flatMap(\.routes)
                .filter { !groups($0.block.plugins, input.state).isEmpty }.map(\.series))
        return zip(input.keys, input.totals).enumerated().filter { cached.contains($0.offset) }
            .map { ($0.element.0, $0.element.1) }
    }
}
