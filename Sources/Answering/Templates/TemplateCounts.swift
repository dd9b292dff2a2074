import DNSWire
import Synchronization

/// What one `template` has done since it was loaded, for the metrics.
package final class TemplateCounts: Sendable {
    package struct Matches: Hashable, Sendable {
        package var zone: String
        /// One of `SeriesStatistics.types`, or `other`.
        package var type: String
        package var count: UInt64
    }

    package enum Section: String, Sendable, CaseIterable { case answer, authority, additional }

    /// Records that a text did not make.
    package struct Failures: Hashable, Sendable {
        package var section: Section
        package var template: String
        package var zone: String
        package var type: String
        /// The text could not be filled in; else what it made was no record.
        package var isTemplate: Bool
        package var count: UInt64
    }

    private struct FailureKey: Hashable {
        var section: Section
        var template: String
        var place: Int
        var isTemplate: Bool
    }

    private struct State {
        var matches: [UInt64]
        /// As many as the configuration has texts, times zones and types.
        var failures: [FailureKey: UInt64] = [:]
    }

    private static let typeCount = SeriesStatistics.types.count + 1

    /// Those of the directive, as the metrics show them.
    private let zones: [String]
    /// The lock is held for one addition.
    private let state: Mutex<State>

    init(zones: [String]) {
        self.zones = zones
        state = Mutex(State(matches: [UInt64](repeating: 0, count: zones.count * Self.typeCount)))
    }

    private static func place(zone: Int, _ type: RRType) -> Int {
        zone * typeCount + (SeriesStatistics.types.firstIndex(of: type) ?? SeriesStatistics.types.count)
    }

    func countMatch(zone: Int, type: RRType) {
        let place = Self.place(zone: zone, type)
        state.withLock { $0.matches[place] &+= 1 }
    }

    func countFailure(_ section: Section, _ template: String, isTemplate: Bool, zone: Int, type: RRType) {
        let key = FailureKey(
            section: section, template: template, place: Self.place(zone: zone, type), isTemplate: isTemplate)
        state.withLock { $0.failures[key, default: 0] &+= 1 }
    }

    /// Those that are not 0.
    package var matches: [Matches] {
        state.withLock { $0.matches }.enumerated().filter { $1 > 0 }.map { place, count in
            Matches(zone: zones[place / Self.typeCount], type: Self.type(place), count: count)
        }
    }

    package var failures: [Failures] {
        state.withLock { $0.failures }.map { key, count in
            Failures(
                section: key.section, template: key.template, zone: zones[key.place / Self.typeCount],
                type: Self.type(key.place), isTemplate: key.isTemplate, count: count)
        }.sorted { ($0.template, $0.zone, $0.type) < ($1.template, $1.zone, $1.type) }
    }

    private static func type(_ place: Int) -> String {
        let index = place % typeCount
        return index < SeriesStatistics.types.count ? SeriesStatistics.types[index].description : "other"
    }
}
