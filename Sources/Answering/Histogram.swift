/// Values counted in buckets with fixed upper bounds, which the owner knows; the last bucket has none.
package struct Histogram: Hashable, Sendable {
    package private(set) var buckets: [UInt64]
    package private(set) var sum: UInt64

    package init(buckets: [UInt64], sum: UInt64) {
        self.buckets = buckets
        self.sum = sum
    }

    /// Empty, with one bucket more than there are bounds.
    package init(bucketCount: Int) {
        self.init(buckets: Array(repeating: 0, count: bucketCount + 1), sum: 0)
    }

    package var count: UInt64 { buckets.reduce(0, &+) }

    package mutating func add(_ value: UInt64, bucket: Int) {
        buckets[bucket] &+= 1
        sum &+= value
    }

    package mutating func add(_ other: Histogram) {
        for index in buckets.indices { buckets[index] &+= other.buckets[index] }
        sum &+= other.sum
    }
}
