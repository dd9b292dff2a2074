package import Answering
package import DNSWire
package import NetworkAddress
import Synchronization

/// Who asks for what: estimates from every 64th answer, in bounded memory.
package final class TrafficSample: Sendable {
    /// One in so many answers is looked at; `Answerer` picks them.
    package static let share = Answerer.sampleShare
    /// Places of each sketch: what makes up more than one in so many of all is always found.
    package static let capacity = 256
    /// Samples that wait to be counted; more are left out.
    private static let waitingCount = 2048
    /// Labels of a suffix: as many as `default.svc.cluster.local` has.
    private static let suffixLabelCount = 4

    package struct Sketches: Sendable {
        package var names = HeavyHitters<Name>(capacity: TrafficSample.capacity)
        package var clients = HeavyHitters<IPAddress>(capacity: TrafficSample.capacity)
        /// What names that do not exist end in.
        package var missingSuffixes = HeavyHitters<Name>(capacity: TrafficSample.capacity)

        package init() {}
    }

    private let waiting = QueryLogRing.Store(capacity: TrafficSample.waitingCount)
    /// The sketches, and the store that changes places with the one that waits.
    private let state = Mutex((sketches: Sketches(), spare: [QueryRecord]()))

    package init() {}

    /// Keeps a copy; allocates nothing, blocks nothing.
    package func push(_ record: QueryRecord) { _ = waiting.push(record) }

    /// Counts what waits, and returns whether there was anything; to be called now and then.
    @discardableResult
    package func count() -> Bool {
        state.withLock { state in
            waiting.drain(into: &state.spare)
            for record in state.spare { Self.count(record, &state.sketches) }
            return !state.spare.isEmpty
        }
    }

    package var sketches: Sketches { state.withLock { $0.sketches } }

    private static func count(_ record: QueryRecord, _ sketches: inout Sketches) {
        let octets = (0..<record.nameOctetCount).map { record.name[$0] }
        var at = 0
        guard let name = try? Name(reading: octets.rawSpan, at: &at) else { return }
        sketches.names.add(name)
        sketches.clients.add(record.remote)
        guard record.rcode == .nxDomain else { return }
        let labels = name.labels
        let suffix = try? Name(labels: labels.suffix(min(suffixLabelCount, max(0, labels.count - 1))))
        if let suffix { sketches.missingSuffixes.add(suffix) }
    }
}
