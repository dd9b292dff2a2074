/// What many histories of the resolver came to.
package struct ResolverSummary: CustomStringConvertible, Sendable {
    package private(set) var failures: [String] = []
    private var count = 0
    private var sum = ResolverOutcome()

    package init() {}

    package mutating func add(_ outcome: ResolverOutcome) {
        if let failure = outcome.failure { failures.append(failure) }
        count += 1
        sum.add(outcome)
    }

    package mutating func add(_ other: ResolverSummary) {
        failures += other.failures
        count += other.count
        sum.add(other.sum)
    }

    package var description: String {
        """
        \(count) histories of the resolver, \(failures.count) wrong; \(sum.queryCount) queries, \(sum.cachedCount) \
        answered from memory, \(sum.staleCount) stale, \(sum.failureCount) failures; \(sum.sentCount) messages to upstreams
        """
    }
}
