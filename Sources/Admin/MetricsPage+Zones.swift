import Answering

/// Zones of `file`, `auto` and `secondary`.
extension MetricsPage {
    /// Lines of one family: a server may have thousands of zones.
    private static let zoneCountMax = 300

    static func zones(_ input: MetricsInput, _ text: inout MetricsText) {
        guard !input.state.zoneSets.isEmpty else { return }
        let entries = input.state.zoneSets.flatMap(\.entries)
        text.family("clusterdns_zone_load_failed_total", .counter, "Zone files that could not be used when read.") {
            $0.sample([], input.figures.zoneFailureCount)
        }
        if let end = input.figures.signaturesEndSeconds {
            text.family(
                "clusterdns_zone_signatures_end_timestamp_seconds", .gauge,
                "When the first signature of a zone ends that was signed elsewhere."
            ) { $0.sample([], UInt64(max(0, end))) }
        }
        text.family("clusterdns_zones", .gauge, "Zones from files and transfers, by whether they are loaded.") {
            let loaded = entries.count { $0.zone != nil }
            $0.sample([("state", "loaded")], UInt64(loaded))
            $0.sample([("state", "missing")], UInt64(entries.count - loaded))
        }
        text.family("clusterdns_zone_serial", .gauge, "The serial of a zone; of the first \(zoneCountMax) by name.") {
            text in
            var seen = Set<String>()
            for (name, serial) in entries.compactMap({ entry in entry.serial.map { ("\(entry.apex)", $0) } })
                .sorted(by: { $0.0 < $1.0 })
            where seen.count < zoneCountMax && seen.insert(name).inserted {
                text.sample([("zone", name)], UInt64(serial))
            }
        }
        copies(input.figures, &text)
    }

    private static func copies(_ figures: AdminFigures, _ text: inout MetricsText) {
        guard !figures.zoneCopies.isEmpty || !figures.transferCounts.isEmpty else { return }
        text.family(
            "clusterdns_zone_copy_good_timestamp_seconds", .gauge,
            "When a primary last said that a copy is the latest version; of the first \(zoneCountMax) zones by name."
        ) {
            for copy in figures.zoneCopies.prefix(zoneCountMax) {
                $0.sample([("zone", copy.zone)], copy.goodSeconds)
            }
        }
        text.family(
            "clusterdns_zone_transfers_in_total", .counter,
            "Answers of primaries that were asked for a zone, by result."
        ) {
            for (result, count) in figures.transferCounts.sorted(by: { $0.key < $1.key }) {
                $0.sample([("result", result)], count)
            }
        }
    }

    /// `coredns_dnssec_*`: the signatures that blocks with `dnssec` keep, under the first zone of each.
    static func signatures(_ input: MetricsInput, _ text: inout MetricsText) {
        var seen = Set<ObjectIdentifier>()
        var sums: [String: SignatureCache.Figures] = [:]
        for route in input.state.configuration.listeners.flatMap(\.routes)
        where input.keys.indices.contains(route.series) {
            for signer in route.block.dnssec?.signers ?? [] where seen.insert(ObjectIdentifier(signer.cache)).inserted {
                sums[input.keys[route.series].server, default: .init()].add(signer.cache.figures)
            }
        }
        let rows = sums.sorted { $0.key < $1.key }
        guard !rows.isEmpty else { return }
        text.family("coredns_dnssec_cache_entries", .gauge, "Signatures that are kept.") {
            for row in rows { $0.sample([("server", row.key), ("type", "signature")], UInt64(row.value.entryCount)) }
        }
        text.family("coredns_dnssec_cache_hits_total", .counter, "Signatures that were there already.") {
            for row in rows { $0.sample([("server", row.key)], row.value.hitCount) }
        }
        text.family("coredns_dnssec_cache_misses_total", .counter, "Signatures that had to be made.") {
            for row in rows { $0.sample([("server", row.key)], row.value.missCount) }
        }
    }
}
