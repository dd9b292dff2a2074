import Answering
import DNSWire

/// An exchange at work: the state machine, its messages and sockets, and who waits for it.
final class LaneExchange {
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
        var socket: LanePlace?
        var answer: StoredAnswer?
    }

    let runtime: ForwardRuntime
    let question: UpstreamQuestion
    let purpose: Purpose
    /// The upstreams that the machine's numbers mean.
    let upstreams: [Upstream]
    var machine: UpstreamExchange
    /// By attempt; nil for one that could not be sent.
    private(set) var sent: [Sent?] = []
    var waiters: [UInt64] = []
    /// When it is looked at next, so that no second alarm is set for the same time.
    var alarm: UInt64 = .max
    /// What upstreams did instead of answering, for people.
    var troubles: [String] = []

    init(
        runtime: ForwardRuntime, question: UpstreamQuestion, purpose: Purpose, upstreams: [Upstream],
        machine: UpstreamExchange
    ) {
        self.runtime = runtime
        self.question = question
        self.purpose = purpose
        self.upstreams = upstreams
        self.machine = machine
    }

    func attempt(_ attempt: Int) -> Sent? { sent.indices.contains(attempt) ? sent[attempt] : nil }

    func note(_ one: Sent, attempt: Int) {
        while sent.count <= attempt { sent.append(nil) }
        sent[attempt] = one
    }

    func note(_ answer: StoredAnswer?, attempt: Int) { sent[attempt]?.answer = answer }

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
