import Testing

@testable import Serving

/// What the sketch of the most frequent keys promises.
struct HeavyHittersTests {
    @Test func fewKeysAreCountedExactly() {
        var sketch = HeavyHitters<String>(capacity: 3)
        for key in ["a", "b", "a", "c", "a", "b"] { sketch.add(key) }
        #expect(sketch.top(2) == [.init(key: "a", count: 3, error: 0), .init(key: "b", count: 2, error: 0)])
    }

    /// A key that makes up more than one in `capacity` is there, and its count is no further off than its error.
    @Test func whatIsFrequentIsFoundAmongAThousandRareOnes() {
        var sketch = HeavyHitters<Int>(capacity: 20)
        var exact: [Int: Int] = [:]
        for number in 0..<10_000 {
            let key = number % 10 == 0 ? 1 : number % 15 == 0 ? 2 : 1000 + number % 1000
            sketch.add(key)
            exact[key, default: 0] += 1
        }
        let top = sketch.top(20)
        #expect(top.prefix(1).map(\.key) == [1])
        for one in top {
            let actual = exact[one.key] ?? 0
            #expect(one.count >= actual && one.count - one.error <= actual)
        }
        #expect(sketch.total == 10_000 && top.count <= 20)
    }
}
