package import DNSWire
import Synchronization

/// Answers of upstreams, kept by question; asked by every worker, written by resolver lanes.
///
/// Cut into shards with a lock each, held for a look-up of a few dozen instructions; an answer is written for a client
/// after the lock is gone. A hit allocates nothing.
package final class ResponseCache: Sendable {
    /// What a look-up found.
    package enum Finding: Sendable {
        case nothing
        /// `wantsRefresh`: the caller should have it asked for again.
        case fresh(StoredAnswer, age: UInt32, wantsRefresh: Bool)
        /// Expired, and still allowed by `serve_stale`; `isFailing`: asking for a fresh one has failed a moment ago.
        case stale(StoredAnswer, isFailing: Bool, wantsRefresh: Bool)
    }

    /// How many entries a cache holds, and what it gave up so far.
    package struct Figures: Hashable, Sendable {
        package var successCount = 0
        package var denialCount = 0
        package var octetCount = 0
        package var evictedSuccessCount: UInt64 = 0
        package var evictedDenialCount: UInt64 = 0
        /// Replies that answered something else than was asked.
        package var dropCount: UInt64 = 0
        package var prefetchCount: UInt64 = 0

        package init() {}

        package mutating func add(_ other: Figures) {
            successCount += other.successCount
            denialCount += other.denialCount
            octetCount += other.octetCount
            evictedSuccessCount &+= other.evictedSuccessCount
            evictedDenialCount &+= other.evictedDenialCount
            dropCount &+= other.dropCount
            prefetchCount &+= other.prefetchCount
        }
    }

    private final class Shard: Sendable {
        let entries: Mutex<CacheShard>
        init(_ bounds: CacheShard.Bounds) { entries = Mutex(CacheShard(bounds)) }
    }

    private static let shardCountMax = 64
    /// Entries of a shard below which it is not worth another lock.
    private static let shardCapacityMin = 128
    /// Octets for an entry, on average, that the bound on all of them is made of.
    private static let averageOctetCount = 640
    /// What failures may take where answers are not kept.
    private static let failureCapacity = 1024
    /// Names above a name that are looked at.
    private static let cutLabelCountMax = 16
    private static let refreshNanoseconds: UInt64 = 5_000_000_000
    /// The TTL of stale answers in seconds (RFC 8767 §4).
    package static let staleTTL: UInt32 = 30

    package let settings: CacheSettings
    private let shards: [Shard]
    /// How many proven NXDOMAINs were ever kept: without any, no name above is looked for.
    private let proofs = Atomic<UInt64>(0)
    private let drops = Atomic<UInt64>(0)
    private let prefetches = Atomic<UInt64>(0)

    package init(_ settings: CacheSettings) {
        self.settings = settings
        let success = settings.success.capacity
        let denial = max(settings.denial.capacity, Self.failureCapacity)
        var count = 1
        while count < Self.shardCountMax, (success + denial) / (count * 2) >= Self.shardCapacityMin { count *= 2 }
        let bounds = CacheShard.Bounds(
            successCount: success / count, denialCount: (denial + count - 1) / count,
            octetCount: max(128 * 1024, (success + denial) * Self.averageOctetCount / count))
        shards = (0..<count).map { _ in Shard(bounds) }
    }

    /// Looks for an answer to what `query` now asks; `now` is the monotonic clock in nanoseconds.
    package func find(_ query: borrowing Query, now: UInt64) -> Finding {
        let shard = shards[Int(truncatingIfNeeded: query.name.hash >> 40) & (shards.count - 1)]
        let finding = shard.entries.withLock { entries in
            guard let place = entries.find(query) else { return Finding.nothing }
            return self.finding(entries[place], now)
        }
        guard case .nothing = finding, proofs.load(ordering: .relaxed) > 0 else { return finding }
        return findCut(query, now)
    }

    /// Looks for a proven NXDOMAIN of a name above: then there is nothing below it either (RFC 8020).
    ///
    /// Only where the upstream vouches for it (AD): servers that say NXDOMAIN for an empty non-terminal are too many.
    private func findCut(_ query: borrowing Query, _ now: UInt64) -> Finding {
        for label in 1..<max(1, min(query.name.labelCount, Self.cutLabelCountMax)) {
            let name = query.name.octets.extracting(query.name.labelOffset(label)..<query.name.octetCount)
            let hash = NameHasher.hash(name)
            let shard = shards[Int(truncatingIfNeeded: hash >> 40) & (shards.count - 1)]
            let finding = shard.entries.withLock { entries in
                guard let place = entries.findMarker(name, hash: hash, of: query) else { return Finding.nothing }
                return self.finding(entries[place], now)
            }
            if case .fresh = finding { return finding }
        }
        return .nothing
    }

    private func finding(_ entry: CacheShard.Entry?, _ now: UInt64) -> Finding {
        guard let entry, now < entry.discarded else { return .nothing }
        if now < entry.expires {
            let wantsRefresh = wantsPrefetch(entry, now)
            entry.isUsed = true
            let age = UInt32(truncatingIfNeeded: (now &- entry.stored) / 1_000_000_000)
            return .fresh(entry.answer, age: age, wantsRefresh: wantsRefresh)
        }
        let wantsRefresh = now >= entry.refreshingUntil && now >= entry.failedUntil
        if wantsRefresh, settings.stale?.mode == .immediate {
            entry.refreshingUntil = now &+ Self.refreshNanoseconds
        }
        return .stale(entry.answer, isFailing: now < entry.failedUntil, wantsRefresh: wantsRefresh)
    }

    /// Counts a hit; true once for an answer that is popular and near its end.
    private func wantsPrefetch(_ entry: CacheShard.Entry, _ now: UInt64) -> Bool {
        guard let prefetch = settings.prefetch, entry.kind != .failure else { return false }
        let window = prefetch.duration.nanoseconds
        if now &- entry.windowStart > window { (entry.windowStart, entry.hitCount) = (now, 0) }
        entry.hitCount &+= 1
        let lifetime = entry.expires &- entry.stored
        let isNearEnd = entry.expires &- now < lifetime / 100 &* UInt64(prefetch.percentage)
        let isDue = isNearEnd && entry.hitCount >= prefetch.amount && now >= entry.refreshingUntil
        if isDue {
            entry.refreshingUntil = now &+ Self.refreshNanoseconds
            prefetches.add(1, ordering: .relaxed)
        }
        return isDue
    }

    /// Keeps an answer or a failure, as far as the settings want it.
    package func store(_ answer: StoredAnswer, for question: UpstreamQuestion, now: UInt64) {
        let isFailure = answer.isFailure
        let duration = isFailure ? settings.failureDuration.nanoseconds : UInt64(answer.ttl) &* 1_000_000_000
        let kind = isFailure ? CacheShard.Kind.failure : answer.isDenial ? .denial : .success
        let shard = shards[Int(truncatingIfNeeded: question.nameHash >> 40) & (shards.count - 1)]
        let isKept = duration > 0 && (isFailure || keeps(question, kind))
        shard.entries.withLock { entries in
            if isFailure, let place = entries.find(question), let good = entries[place], good.kind != .failure,
                now < good.discarded
            {
                // The last good answer is kept apart from failures.
                good.failedUntil = now &+ duration
                good.refreshingUntil = 0
                return
            }
            guard isKept else {
                // What must not be kept ends what was.
                if let place = entries.find(question) { entries.remove(place) }
                return
            }
            let stale = isFailure ? 0 : settings.stale?.duration.nanoseconds ?? 0
            func entry(_ question: UpstreamQuestion) -> CacheShard.Entry {
                CacheShard.Entry(
                    question: question, answer: answer, stored: now, expires: now &+ duration,
                    discarded: now &+ duration &+ stale, kind: kind)
            }
            entries.insert(entry(question), for: question, now: now)
            guard answer.rcode == .nxDomain, answer.isAuthenticated, answer.counts.answer == 0 else { return }
            proofs.add(1, ordering: .relaxed)
            entries.insert(entry(question.marker), for: question.marker, now: now)
        }
    }

    private func keeps(_ question: UpstreamQuestion, _ kind: CacheShard.Kind) -> Bool {
        let limits = kind == .success ? settings.success : settings.denial
        guard limits.capacity > 0 else { return false }
        let exceptions = kind == .success ? settings.successExceptions : settings.denialExceptions
        if exceptions.isEmpty, settings.zones.isEmpty { return true }
        var name = FoldedName()
        guard (try? name.read(from: question.name.rawSpan, at: 0)) != nil else { return false }
        if exceptions.contains(where: { $0.covers(name) }) { return false }
        return settings.zones.isEmpty || settings.zones.contains { $0.covers(name) }
    }

    package var figures: Figures {
        var figures = Figures()
        for shard in shards {
            shard.entries.withLock { entries in
                figures.successCount += entries.successCount
                figures.denialCount += entries.denialCount
                figures.octetCount += entries.octetCount
                figures.evictedSuccessCount &+= entries.evictedSuccessCount
                figures.evictedDenialCount &+= entries.evictedDenialCount
            }
        }
        figures.dropCount = drops.load(ordering: .relaxed)
        figures.prefetchCount = prefetches.load(ordering: .relaxed)
        return figures
    }

    /// Counts a reply that was not kept, since it answers something else than was asked.
    package func noteDrop() { drops.add(1, ordering: .relaxed) }

    package func removeAll() { for shard in shards { shard.entries.withLock { $0.removeAll() } } }
}
