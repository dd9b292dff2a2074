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
    }
}
