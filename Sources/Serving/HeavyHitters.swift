/// The most frequent of many keys, in bounded memory (Metwally, Agrawal, El Abbadi: "Efficient Computation of Frequent and
/// Top-k Elements in Data Streams", 2005, Space-Saving).
///
/// A key that makes up more than one in `capacity` of all is always there; a count is too high by `error` at most.
package struct HeavyHitters<Key: Hashable & Sendable>: Sendable {
    package struct Count: Hashable, Sendable {
        package var key: Key
        package var count: Int
        /// What `count` may be too high by.
        package var error: Int
    }

    private let capacity: Int
    private var counts: [Key: (count: Int, error: Int)] = [:]
    package private(set) var total = 0

    package init(capacity: Int) {
        precondition(capacity > 0, "something must be counted")
        self.capacity = capacity
    }

    /// Counts one occurrence; a new key takes the place, and the count, of the rarest where all places are taken.
    package mutating func add(_ key: Key) {
        total += 1
        if counts[key] != nil {
            counts[key]?.count += 1
        } else if counts.count < capacity {
            counts[key] = (1, 0)
        } else if let rarest = counts.min(by: { $0.value.count < $1.value.count }) {
            counts[rarest.key] = nil
            counts[key] = (rarest.value.count + 1, rarest.value.count)
        }
    }

    /// The most frequent first.
    package func top(_ count: Int) -> [Count] {
        counts.map { Count(key: $0.key, count: $0.value.count, error: $0.value.error) }
            .sorted { ($0.count, $1.error) > ($1.count, $0.error) }.prefix(count).map(\.self)
    }
}
