import DNSTesting
import Serving

/// How the server of a history is configured.
struct ServerOptions {
    enum Stale: Equatable { case none, immediate, verify(milliseconds: Int) }

    var upstreamCount: Int
    /// nil: no `cache`.
    var cacheTTL: UInt32?
    var stale: Stale
    var prefetches: Bool
    var keepsTTL: Bool
    var maxFails: Int
    var probeMilliseconds: Int
    var forcesTCP: Bool
    var maxConcurrent: Int
    var jobCountMax: Int
    private var policy: String

    /// How long answers may be used after their end, in seconds.
    static let staleSeconds: UInt64 = 60

    init(_ random: inout SplitMix64) {
        upstreamCount = Int.random(in: 1...3, using: &random)
        cacheTTL = random.pick([nil, 5, 30, 3600, 3600])
        stale = random.pick([.none, .none, .none, .immediate, .verify(milliseconds: 300)])
        prefetches = random.oneIn(5)
        keepsTTL = random.oneIn(12)
        maxFails = random.pick([2, 2, 2, 1, 0])
        probeMilliseconds = random.pick([500, 500, 1000])
        forcesTCP = random.oneIn(10)
        maxConcurrent = random.oneIn(12) ? 2 : 0
        jobCountMax = random.oneIn(12) ? 5 : 16_384
        policy = random.pick(["random", "round_robin", "sequential"])
        if cacheTTL == nil { (stale, prefetches, keepsTTL) = (.none, false, false) }
    }

    /// Whether answers are asked for again without a client that waits.
    var refreshes: Bool { prefetches || stale == .immediate }
    /// Whether queries may be refused for want of room.
    var isTight: Bool { maxConcurrent > 0 || jobCountMax < 100 }
    /// How long a failure is kept: what is documented of `cache` and of a server without one.
    var failureSeconds: UInt64 { cacheTTL == nil ? 1 : 5 }

    var limits: ResolverLimits {
        var limits = ResolverLimits()
        limits.jobCountMax = jobCountMax
        return limits
    }

    static func address(of upstream: Int) -> String { "192.0.2.\(upstream + 1)" }

    var corefile: String {
        var lines: [String] = []
        if let cacheTTL {
            lines.append("cache \(cacheTTL) {")
            switch stale {
            case .none: break
            case .immediate: lines.append("serve_stale \(Self.staleSeconds)s immediate")
            case .verify(let milliseconds): lines.append("serve_stale \(Self.staleSeconds)s verify \(milliseconds)ms")
            }
            if prefetches { lines.append("prefetch 2 1m 50%") }
            if keepsTTL { lines.append("keepttl") }
            lines.append("}")
        }
        let upstreams = (0..<upstreamCount).map { Self.address(of: $0) }.joined(separator: " ")
        lines += ["forward . \(upstreams) {", "policy \(policy)", "max_fails \(maxFails)"]
        lines.append("health_check \(probeMilliseconds)ms")
        if forcesTCP { lines.append("force_tcp") }
        if maxConcurrent > 0 { lines.append("max_concurrent \(maxConcurrent)") }
        return ". {\n\(lines.joined(separator: "\n"))\n}\n}\n"
    }
}
