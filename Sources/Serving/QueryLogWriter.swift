package import Answering
import DNSWire
import ServiceLifecycle

/// Turns records of queries into log lines and writes them; falls behind, and drops, rather than hold up an answer.
package struct QueryLogWriter: Service {
    /// How long lines may wait to be written.
    private static let interval = Duration.milliseconds(50)
    /// The same for the first of them after a time without any, unless every query is logged; the ring has room meanwhile.
    private static let idleInterval = Duration.milliseconds(200)
    /// Octets of lines that may wait for a reader; while there are more, records stay in the ring, which drops.
    private static let backlogOctetCountMax = 1 << 20
    /// Tries to write what is left at the end.
    private static let lastAttemptCountMax = 10

    private let ring: QueryLogRing
    private let publisher: Publisher
    private let output: QueryLogOutput
    private let hasPriorities: Bool

    /// `hasPriorities`: the journal reads what is written, and so the priority that each line of `errors` begins with.
    package init(
        ring: QueryLogRing, publisher: Publisher, output: QueryLogOutput = .standardOutput, hasPriorities: Bool = false
    ) {
        self.hasPriorities = hasPriorities
        self.ring = ring
        self.publisher = publisher
        self.output = output
    }

    /// Runs until the task is cancelled or the service group shuts down; then writes what is left.
    package func run() async throws {
        // Cancelled, so that the end waits for no sleep.
        var batch = await cancelWhenGracefulShutdown {
            var batch = QueryLogBatch(hasPriorities: hasPriorities)
            while !Task.isCancelled { try? await Task.sleep(for: write(&batch)) }
            return batch
        }
        batch.fill(from: ring, publisher.state)
        batch.end()
        for _ in 0..<Self.lastAttemptCountMax where !batch.text.isEmpty {
            output.write(&batch.text)
            if !batch.text.isEmpty { try? await Task.sleep(for: Self.interval) }
        }
    }
}

extension QueryLogWriter {
    /// Writes what there is; returns how long the next may wait.
    private func write(_ batch: inout QueryLogBatch) -> Duration {
        let state = publisher.state
        var isBusy = true
        if batch.text.count < Self.backlogOctetCountMax {
            isBusy = batch.fill(from: ring, state) || !batch.text.isEmpty
        }
        output.write(&batch.text)
        let isSampled = ring.traffic.count()
        isBusy = isBusy || isSampled || state.configuration.blocks.contains { !$0.settings.log.isEmpty }
        return isBusy ? Self.interval : Self.idleInterval
    }
}

/// Lines that wait to be written, and what they are made from.
package struct QueryLogBatch: Sendable {
    package var text: [UInt8] = []
    private var records: [QueryRecord] = []
    private var errors: QueryLogErrors

    package init(hasPriorities: Bool = false) { errors = QueryLogErrors(hasPriorities: hasPriorities) }

    /// Takes all records of the ring, and makes the lines that the blocks of `state` ask for; false where there was none.
    @discardableResult
    package mutating func fill(
        from ring: QueryLogRing, _ state: ServingState, at now: ContinuousClock.Instant = .now
    ) -> Bool {
        ring.drain(into: &records)
        for record in records { add(record, state, now) }
        errors.flush(at: now, to: &text)
        return !records.isEmpty
    }

    /// Makes the lines of what was only counted so far.
    package mutating func end() { errors.flushAll(to: &text) }

    /// A record of an earlier configuration may name a block that is gone: then nobody asks for its line any more.
    private mutating func add(_ record: QueryRecord, _ state: ServingState, _ now: ContinuousClock.Instant) {
        guard state.configuration.blocks.indices.contains(record.block) else { return }
        let settings = state.configuration.blocks[record.block].settings
        if let rule = settings.log.first(where: { $0.covers(record) }), rule.classes.includes(record.rcode) {
            QueryLogLine.append(record, rule.format, to: &text)
        }
        if record.isError, settings.logsErrors {
            errors.add(record, reason: Self.reason(record, state), rules: settings.errorRules, at: now, to: &text)
        }
    }

    /// Why the server failed: what upstreams did, or a registry that has not been complete yet.
    private static func reason(_ record: QueryRecord, _ state: ServingState) -> String {
        if let failure = record.failure, !failure.reason.isEmpty {
            return String(decoding: failure.reason, as: UTF8.self)
        }
        return state.isReady
            ? "the registry was not complete" : "the registry is not complete yet; see /ready for what is missing"
    }
}

extension LogRule {
    /// Whether the rule is about the record's name; of several, the first says whether and how a query is logged.
    fileprivate func covers(_ record: QueryRecord) -> Bool { zones.contains { record.isAtOrBelow($0) } }
}

extension QueryRecord {
    fileprivate func isAtOrBelow(_ zone: NameSuffix) -> Bool {
        let start = nameOctetCount - zone.octets.count
        var at = 0
        while at < start { at += 1 + Int(name[at]) }
        return at == start && zone.octets.indices.allSatisfy { name[start + $0] == zone.octets[$0] }
    }
}
