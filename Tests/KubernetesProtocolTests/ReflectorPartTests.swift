import Testing

@testable import KubernetesProtocol

/// The small parts of a reflector: how versions compare, how long waits are, how many lists there may be.
struct ReflectorPartTests {
    static let versions: [(String, String, Bool)] = [
        ("1", "2", true), ("2", "1", false), ("2", "2", false), ("9", "10", true), ("10", "9", false),
        ("007", "8", true), ("8", "007", false), ("0", "00", false), ("", "1", false), ("1", "", false),
        ("a", "b", false), ("1", "b", false), ("-1", "1", false), ("+1", "2", false),
        ("18446744073709551615", "18446744073709551616", true), ("99999999999999999999", "100000000000000000000", true),
    ]

    @Test(arguments: versions) func precedes(_ left: String, _ right: String, _ want: Bool) {
        #expect(VersionOrder.precedes(left, right) == want)
    }

    @Test func waitsAreTheSameForOneSeedAndDifferForOthers() {
        func waits(_ seed: UInt64) -> [Duration] {
            var backoff = Backoff(seed: seed)
            return (0..<8).map { _ in backoff.quick() }
        }
        #expect(waits(1) == waits(1))
        #expect(waits(1) != waits(2))
        #expect(Set((0..<1000).flatMap(waits)).count > 250)
        #expect((0..<1000).flatMap(waits).allSatisfy { (.milliseconds(500) ... .milliseconds(800)).contains($0) })
    }

    @Test func waitsGrowWithTheTrouble() {
        var backoff = Backoff(seed: 1)
        backoff.begin(.seconds(100))
        backoff.begin(.seconds(200))
        #expect(backoff.grown(.seconds(100)) <= .milliseconds(800))
        #expect((.seconds(4) ... .seconds(5)).contains(backoff.grown(.seconds(200))))
        #expect((.seconds(24) ... .seconds(30)).contains(backoff.grown(.seconds(100_000))))
        #expect(backoff.settled(.milliseconds(104_800)) <= .milliseconds(800))
        #expect((.seconds(16) ... .seconds(20)).contains(backoff.settled(.seconds(220))))
        #expect(backoff.prompt(.milliseconds(159_999)) <= .milliseconds(800))
        #expect((.seconds(1) ... .milliseconds(1500)).contains(backoff.prompt(.seconds(100_000))))
        backoff.end()
        #expect(backoff.grown(.seconds(100_000)) <= .milliseconds(800))
    }

    @Test func aBudgetIsAFewAndThenOneAMinute() {
        var budget = ListBudget(burst: 3)
        let granted = (0..<600).filter { budget.take(.seconds($0)) }
        #expect(granted == [0, 1, 2, 60, 120, 180, 240, 300, 360, 420, 480, 540])
        #expect(budget.nextAt == .seconds(600))
        budget.giveBack()
        #expect(budget.take(.seconds(541)) == true)
    }
}
