import Synchronization

/// How many queries may wait for the upstreams of one `forward` directive: few while none of them says anything.
///
/// A server that answers is given what comes. One that is dead, or was never heard, would otherwise have every query wait
/// for seconds: memory and work for nothing, at the cost of those that need no upstream.
package final class UpstreamPatience: Sendable {
    /// Queries that may wait for upstreams that are silent.
    package static let silentCountMax = 512
    /// The same while more comes than can be answered: as many as it takes to notice that an upstream is back.
    package static let crowdedCountMax = 64
    /// Upstreams that said nothing for so long are silent.
    private static let silenceNanoseconds: UInt64 = 1_000_000_000

    private let waiting = Atomic<Int>(0)
    /// The monotonic clock in nanoseconds; 0 before the first reply.
    private let lastReply = Atomic<UInt64>(0)
    private let broken = Atomic(false)

    package init() {}

    /// Counts a query in that is to wait; false where too many wait for upstreams that are silent.
    package func begin(at now: UInt64) -> Bool {
        guard hasRoom(at: now) else { return false }
        waiting.add(1, ordering: .relaxed)
        return true
    }

    /// What `begin` would say; of threads that ask at the same time, each may be let in.
    package func hasRoom(at now: UInt64, isCrowded: Bool = false) -> Bool {
        let limit = isCrowded ? Self.crowdedCountMax : Self.silentCountMax
        guard waiting.load(ordering: .relaxed) >= limit else { return true }
        let last = lastReply.load(ordering: .relaxed)
        // Threads read the clock at different times: a reply may seem to be of the future.
        return last > 0 && (now <= last || now - last <= Self.silenceNanoseconds)
    }

    /// Whether all upstreams are down, so that to wait for them is of no use.
    package var isBroken: Bool { broken.load(ordering: .relaxed) }

    package func setBroken(_ isBroken: Bool) { broken.store(isBroken, ordering: .relaxed) }

    package func end() { waiting.subtract(1, ordering: .relaxed) }

    /// An upstream said something that it was asked for.
    package func noteReply(at now: UInt64) { lastReply.store(now, ordering: .relaxed) }
}
