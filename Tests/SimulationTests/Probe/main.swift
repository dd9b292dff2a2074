import ClusterSimulation
import Glibc

// Runs random histories and fails if one ends wrong: SimulationProbe [--seed N] [--count N] [--trace] [--forget-sweeps]
// With `--trace` every step of the histories is printed; a failing seed replays exactly with `--seed N --count 1`.
// With `--forget-sweeps` our side leaves out the end of every list, to show that the probe sees it.

/// The number behind an option, or nil.
func option(_ name: String) -> UInt64? {
    guard let place = CommandLine.arguments.firstIndex(of: name) else { return nil }
    return CommandLine.arguments.dropFirst(place + 1).first.flatMap { UInt64($0) }
}

let first = option("--seed") ?? 1
let count = option("--count") ?? 10_000
let tracer: ((String) -> Void)? = CommandLine.arguments.contains("--trace") ? { print($0) } : nil
let forgetsSweeps = CommandLine.arguments.contains("--forget-sweeps")
var summary = SimulationSummary()
for seed in first..<first + count {
    summary.add(Simulation(seed: seed, forgetsSweeps: forgetsSweeps, tracer: tracer).run())
}
for failure in summary.failures.prefix(20) { print("not right: \(failure)") }
print(summary)
exit(summary.failures.isEmpty && summary.isPrompt ? 0 : 1)
