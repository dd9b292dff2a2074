import Answering
import CMallocCounter
import DNSTesting
import DNSWire
import Glibc
import NetworkAddress

// Asks an `Answerer` and fails if it allocates: AllocationProbe [--count N] [--mix A|SRV|…|ALL] [--allocate]
// `--allocate` puts an allocation into every query, to show that the probe sees one.

/// The value behind an option, or nil.
func option(_ name: String) -> String? {
    guard let place = CommandLine.arguments.firstIndex(of: name) else { return nil }
    return CommandLine.arguments.dropFirst(place + 1).first
}

let count = option("--count").flatMap { Int($0) } ?? 1_000_000
guard let mix = QueryMix(rawValue: option("--mix") ?? "ALL") else {
    print("AllocationProbe: --mix takes one of \(QueryMix.allCases.map(\.rawValue).joined(separator: " "))")
    exit(2)
}
let server = try TestServer(
    mix.corefile, registry: QueryMix.registry, zoneFiles: QueryMix.zoneFiles,
    environment: .signing(clock: { 1_795_910_400 }))
server.upstream = QueryMix.reply
// What is forwarded is in the cache from here on.
for query in mix.queries { _ = server.send(query) }
var run = ProbeRun(server, queries: mix.queries, allocates: CommandLine.arguments.contains("--allocate"))
// The first round fills what is filled once: what is lazy, the worker's list of series.
var buffer = [UInt8](repeating: 0, count: 4096)
_ = run.ask(run.queries.count + ProbeRun.batch, into: &buffer)
malloc_counter_start()
let octets = run.ask(count, into: &buffer)
let allocations = malloc_counter_stop()
print("\(mix.rawValue): \(count) queries, \(octets) octets of answers, \(allocations) allocations")
exit(allocations == 0 ? 0 : 1)
