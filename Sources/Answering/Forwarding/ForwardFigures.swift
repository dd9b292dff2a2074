package import DNSWire
import Synchronization

/// What a `forward` directive has asked and got, by upstream.
package struct ForwardFigures: Hashable, Sendable {
    /// How a question travelled, as the label `proto` of CoreDNS has it.
    package enum ConnectionProtocol: String, Hashable, Sendable {
        case udp, tcp
        case tls = "tcp-tls"
    }

    /// One upstream; its key is the label `to`.
    package struct Upstream: Hashable, Sendable {
        package var requestCount: UInt64 = 0
        package var timeoutCount: UInt64 = 0
        package var healthFailureCount: UInt64 = 0
        /// By RCODE; those past 10 share the last place.
        package var responseCounts = [UInt64](repeating: 0, count: ForwardFigures.rcodeCount)
        /// By RCODE, from a question to its answer; bounds are those of `SeriesStatistics.durationBoundsNanoseconds`.
        package var durations: [Int: Histogram] = [:]
        /// Questions that found a connection, and those that had to open one.
        package var connectionHits: [ConnectionProtocol: UInt64] = [:]
        package var connectionMisses: [ConnectionProtocol: UInt64] = [:]

        package init() {}

        /// Adds the counts that another directive has of the same upstream.
        package mutating func add(_ other: Upstream) {
            requestCount &+= other.requestCount
            timeoutCount &+= other.timeoutCount
            healthFailureCount &+= other.healthFailureCount
            for place in responseCounts.indices { responseCounts[place] &+= other.responseCounts[place] }
            durations.merge(other.durations) { one, other in
                var sum = one
                sum.add(other)
                return sum
            }
            connectionHits.merge(other.connectionHits, uniquingKeysWith: &+)
            connectionMisses.merge(other.connectionMisses, uniquingKeysWith: &+)
        }
    }

    package static let rcodeCount = 12
    package var upstreams: [String: Upstream] = [:]
    /// Questions that came while every upstream was down or looping.
    package var brokenCount: UInt64 = 0
}

/// Counts of one `forward` directive; a lane takes its lock once or twice for a question to an upstream.
package final class ForwardStatistics: Sendable {
    private let counts = Mutex(ForwardFigures())

    package init() {}

    package var figures: ForwardFigures { counts.withLock { $0 } }

    /// Forgets the upstreams that are not among `upstreams`, so that a list that changes often takes no more memory.
    package func keep(only upstreams: Set<String>) {
        counts.withLock { counts in counts.upstreams = counts.upstreams.filter { upstreams.contains($0.key) } }
    }

    /// Nobody could be asked: every upstream is down or loops.
    package func noteBroken() { counts.withLock { $0.brokenCount &+= 1 } }

    package func noteRequest(to upstream: String) { change(upstream) { $0.requestCount &+= 1 } }

    package func noteResponse(to upstream: String, rcode: RCODE, nanoseconds: UInt64) {
        let place = min(Int(rcode.rawValue), ForwardFigures.rcodeCount - 1)
        let bounds = SeriesStatistics.durationBoundsNanoseconds
        let bucket = bounds.firstIndex { nanoseconds <= $0 } ?? bounds.count
        change(upstream) { one in
            one.responseCounts[place] &+= 1
            one.durations[place, default: Histogram(bucketCount: bounds.count)].add(nanoseconds, bucket: bucket)
        }
    }

    package func noteTimeout(to upstream: String) { change(upstream) { $0.timeoutCount &+= 1 } }

    package func noteHealthFailure(to upstream: String) { change(upstream) { $0.healthFailureCount &+= 1 } }

    package func noteConnection(to upstream: String, proto: ForwardFigures.ConnectionProtocol, isHit: Bool) {
        change(upstream) { one in
            if isHit {
                one.connectionHits[proto, default: 0] &+= 1
            } else {
                one.connectionMisses[proto, default: 0] &+= 1
            }
        }
    }

    private func change(_ upstream: String, _ body: (inout ForwardFigures.Upstream) -> Void) {
        counts.withLock { body(&$0.upstreams[upstream, default: ForwardFigures.Upstream()]) }
    }
}
