import ClusterSimulation
import Dispatch
import Glibc
import ResolverSimulation
import Synchronization

// Runs random histories and fails if one ends wrong:
// SimulationProbe [registry|resolver] [--seed N] [--count N] [--trace] [--forget-sweeps]
// Each seed is a history of the registry and one of the resolver, unless one of them is named. With `--trace` every step
// is printed; a failing seed replays exactly with `--seed N --count 1`. With `--forget-sweeps` our side leaves out the end
// of every list, to show that the probe sees it.

/// The number behind an option, or nil.
func option(_ name: String) -> UInt64? {
    guard let place = CommandLine.arguments.firstIndex(of: name) else { return nil }
    return CommandLine.arguments.dropFirst(place + 1).first.flatMap { UInt64($0) }
}

/// The histories of some seeds.
struct Results: Sendable {
    var registry = SimulationSummary()
    var resolver = ResolverSummary()

    mutating func run(_ seed: UInt64, _ tracer: ((String) -> Void)?) {
        let arguments = CommandLine.arguments
        if !arguments.contains("resolver") {
            let forgetsSweeps = arguments.contains("--forget-sweeps")
            registry.add(Simulation(seed: seed, forgetsSweeps: forgetsSweeps, tracer: tracer).run())
        }
        guard !arguments.contains("registry") else { return }
        do {
            resolver.add(try ResolverSimulation(seed: seed, tracer: tracer).run())
        } catch {
            var outcome = ResolverOutcome()
            outcome.failure = "seed \(seed): \(error)"
            resolver.add(outcome)
        }
    }

    mutating func add(_ other: Results) {
        registry.add(other.registry)
        resolver.add(other.resolver)
    }
}

/// The histories of `count` seeds from `first` on, on every core.
func run(_ count: UInt64, from first: UInt64) -> Results {
    // In parts, so that every core has something to do to the end; their order does not matter.
    let part: UInt64 = 100
    let sum = Mutex(Results())
    DispatchQueue.concurrentPerform(iterations: Int((count + part - 1) / part)) { index in
        var own = Results()
        let start = first + UInt64(index) * part
        for seed in start..<min(start + part, first + count) { own.run(seed, nil) }
        sum.withLock { $0.add(own) }
    }
    return sum.withLock { $0 }
}

let first = option("--seed") ?? 1
let count = option("--count") ?? 10_000
var results = Results()
if CommandLine.arguments.contains("--trace") {
    for seed in first..<first + count { results.run(seed) { print($0) } }
} else {
    results = run(count, from: first)
}
let failures = (results.registry.failures + results.resolver.failures).sorted()
for failure in failures.prefix(20) { print("not right: \(failure)") }
if !CommandLine.arguments.contains("resolver") { print(results.registry) }
if !CommandLine.arguments.contains("registry") { print(results.resolver) }
exit(failures.isEmpty && results.registry.isPrompt ? 0 : 1)
