import ResolverSimulation
import Testing

/// Some of the histories of the resolver that `SimulationProbe` runs by the thousand.
struct ResolverHistoryTests {
    private static let seeds: Range<UInt64> = 1..<201

    @Test func everyHistoryEndsRight() async throws {
        var summary = ResolverSummary()
        for seed in Self.seeds {
            // Tests that watch the clock run beside this one, on as many threads as there are cores.
            await Task.yield()
            summary.add(try ResolverSimulation(seed: seed).run())
        }
        #expect(summary.failures == [])
    }

    /// A fault in the simulation itself is seen, so that histories that end right mean something.
    @Test(arguments: ResolverSimulation.Sabotage.allCases)
    func sabotageIsSeen(_ sabotage: ResolverSimulation.Sabotage) throws {
        let outcomes = try Self.seeds.prefix(60).map { try ResolverSimulation(seed: $0, sabotage: sabotage).run() }
        #expect(outcomes.contains { $0.failure != nil })
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func aSeedReplaysExactly(_ seed: UInt64) throws {
        func run() throws -> (ResolverOutcome, [String]) {
            var lines: [String] = []
            let outcome = try ResolverSimulation(seed: seed) { lines.append($0) }.run()
            return (outcome, lines)
        }
        let (first, second) = (try run(), try run())
        #expect(first.0 == second.0)
        #expect(first.1 == second.1 && first.1.count > 10)
    }
}
