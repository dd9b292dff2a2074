package import Answering
import NetworkAddress
import Synchronization

/// A `forward` directive at work: its upstreams, and what is under way to them.
package final class ForwardRuntime: Sendable {
    package let group: ForwardGroup
    package let statistics = ForwardStatistics()
    private let list = Mutex<[Upstream]>([])
    private let turn = Atomic<Int>(0)
    private let inFlight = Atomic<Int>(0)
    private let rejects = Atomic<UInt64>(0)

    package init(_ group: ForwardGroup, upstreams: [UpstreamAddress]) {
        self.group = group
        replace(upstreams)
    }

    package var upstreams: [Upstream] { list.withLock { $0 } }

    /// Takes another list, and returns what is new in it; those that stay keep what is known of them.
    @discardableResult
    package func replace(_ addresses: [UpstreamAddress]) -> [Upstream] {
        statistics.keep(only: Set(addresses.map(\.description)))
        defer { noteStates() }
        return list.withLock { list in
            var fresh: [Upstream] = []
            list = addresses.map { address in
                if let known = list.first(where: { $0.address == address }) { return known }
                let one = Upstream(address)
                fresh.append(one)
                return one
            }
            return fresh
        }
    }

    /// To be called when an upstream goes down or comes up.
    func noteStates() {
        let upstreams = upstreams
        group.patience.setBroken(!upstreams.isEmpty && upstreams.allSatisfy(\.figures.isDown))
    }

    /// Counts an exchange that begins; false where `max_concurrent` allows no more.
    func begin() -> Bool {
        let count = inFlight.add(1, ordering: .relaxed).newValue
        let limit = group.definition.maxConcurrent
        guard limit > 0, count > limit else { return true }
        inFlight.subtract(1, ordering: .relaxed)
        rejects.add(1, ordering: .relaxed)
        return false
    }

    func end() { inFlight.subtract(1, ordering: .relaxed) }

    package var inFlightCount: Int { inFlight.load(ordering: .relaxed) }
    package var rejectCount: UInt64 { rejects.load(ordering: .relaxed) }

    /// Whom to ask, the best first; empty where all are down or loop.
    ///
    /// `random` prefers those that answer about as fast as the fastest, and now and then asks another one.
    func candidates(
        _ upstreams: [Upstream], at now: UInt64, using random: inout some RandomNumberGenerator
    ) -> [UpstreamExchange.Candidate] {
        if upstreams.count == 1 {
            let figures = upstreams[0].figures
            return figures.isDown || figures.isLooping ? [] : [candidate(0, upstreams[0], figures, at: now)]
        }
        let known = upstreams.enumerated().map { (index: $0.offset, figures: $0.element.figures) }
        let usable = known.filter { !$0.figures.isDown && !$0.figures.isLooping }
        return order(usable, using: &random).map { candidate($0.index, upstreams[$0.index], $0.figures, at: now) }
    }

    private func candidate(_ index: Int, _ upstream: Upstream, _ figures: Upstream.Figures, at now: UInt64)
        -> UpstreamExchange.Candidate
    {
        let isStream = group.definition.forcesTCP || upstream.address.isTLS
        return UpstreamExchange.Candidate(
            upstream: index, channel: isStream ? .stream : .udp, lateAfter: Upstream.lateAfter(figures),
            usesEDNS: figures.plainUntil <= now)
    }

    private typealias Known = (index: Int, figures: Upstream.Figures)

    private func order(_ usable: [Known], using random: inout some RandomNumberGenerator) -> [Known] {
        guard usable.count > 1 else { return usable }
        switch group.definition.policy {
        case .sequential: return usable
        case .roundRobin:
            let first = turn.add(1, ordering: .relaxed).newValue
            return usable.indices.map { usable[(first &+ $0) % usable.count] }
        case .random: return shuffle(usable, using: &random)
        }
    }

    /// One in so many questions goes to an upstream that is not among the fastest, so that it is known how fast it is.
    private static let explorationShare = 32
    /// How much slower than the fastest still counts as fast.
    private static let bandNanoseconds: UInt64 = 5_000_000

    private func shuffle(_ usable: [Known], using random: inout some RandomNumberGenerator) -> [Known] {
        let best = usable.map(\.figures.smoothedRTT).min() ?? 0
        let band = usable.filter { $0.figures.smoothedRTT <= 2 * best + Self.bandNanoseconds }
            .shuffled(using: &random)
        let others = usable.filter { $0.figures.smoothedRTT > 2 * best + Self.bandNanoseconds }
            .sorted { $0.figures.smoothedRTT < $1.figures.smoothedRTT }
        if !others.isEmpty, Int.random(in: 0..<Self.explorationShare, using: &random) == 0 {
            return others.shuffled(using: &random) + band
        }
        return band + others
    }
}
