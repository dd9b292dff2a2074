import Answering
import DNSWire

/// An exchange at work: the state machine, its messages and sockets, and who waits for it.
struct LaneExchange {
    enum Purpose {
        /// Clients wait, or the cache wants it.
        case query
        /// To see whether an upstream that was down is up.
        case health(Upstream)
        /// To see whether an upstream sends questions back; with the random label.
        case loop(Upstream, label: [UInt8])
    }

    struct Sent {
        var query: UpstreamQuery
        var upstream: Upstream
        var channel: UpstreamExchange.Channel
        var time: UInt64
        var socket: LaneSockets.Place?
        var answer: StoredAnswer?
    }

    let runtime: ForwardRuntime
    let question: UpstreamQuestion
    let purpose: Purpose
    /// The upstreams that the machine's numbers mean.
    let upstreams: [Upstream]
    var machine: UpstreamExchange
    var sent: [Int: Sent] = [:]
    var waiters: [UInt64] = []
    /// When it is looked at next, so that no second alarm is set for the same time.
    var alarm: UInt64 = .max
    /// What upstreams did instead of answering, for people.
    var troubles: [String] = []

    /// Why there is no answer (RFC 8914).
    func extendedError(_ failure: UpstreamExchange.Failure) -> ExtendedError {
        if upstreams.isEmpty {
            return ExtendedError(ExtendedError.Code.noReachableAuthority, "no upstream is configured")
        }
        if troubles.isEmpty {
            let isLooping = upstreams.contains { $0.figures.isLooping }
            let text = isLooping ? "upstreams loop back to this server" : "all upstreams are down"
            return ExtendedError(ExtendedError.Code.noReachableAuthority, text)
        }
        let code = failure == .timedOut ? ExtendedError.Code.noReachableAuthority : ExtendedError.Code.networkError
        return ExtendedError(code, Array(Set(troubles)).sorted().joined(separator: ", "))
    }
}
