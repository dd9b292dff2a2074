import ClusterSimulation
import Testing

/// Some of the histories that `SimulationProbe` runs by the thousand.
struct HistoryTests {
    private static let seeds: Range<UInt64> = 1..<101

    @Test func everyHistoryEndsRight() async {
        var summary = SimulationSummary()
        for seed in Self.seeds {
            // Tests that watch the clock run beside this one, on as many threads as there are cores.
            await Task.yield()
            summary.add(Simulation(seed: seed).run())
        }
        #expect(summary.failures == [])
        #expect(summary.isPrompt, "\(summary)")
    }

    /// A view that keeps what a list no longer names is seen.
    @Test func aForgottenSweepIsSeen() {
        let outcomes = (1..<41).map { Simulation(seed: $0, forgetsSweeps: true).run() }
        #expect(outcomes.contains { $0.failure != nil })
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func aSeedReplaysExactly(_ seed: UInt64) {
        func run() -> (SimulationOutcome, [String]) {
            var lines: [String] = []
            let outcome = Simulation(seed: seed) { lines.append($0) }.run()
            return (outcome, lines)
        }
        let (first, second) = (run(), run())
        #expect(first.0 == second.0)
        #expect(first.1 == second.1)
    }
}
