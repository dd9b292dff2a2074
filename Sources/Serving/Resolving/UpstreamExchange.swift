/// One question to the upstreams of a group, with no socket and no clock in it: whom to ask, when, and what to believe.
///
/// The first upstream is asked at once, the next when the first is late, fails, or cannot answer. Times are nanoseconds of
/// the monotonic clock.
struct UpstreamExchange: Sendable {
    enum Channel: Hashable, Sendable {
        case udp
        /// TCP, or TLS where the upstream wants it.
        case stream
    }

    /// An upstream that may be asked, in the order of preference.
    struct Candidate: Hashable, Sendable {
        var upstream: Int
        var channel: Channel
        /// How long it usually takes at most: later it is late.
        var lateAfter: UInt64
        var usesEDNS = true
    }

    /// What a message from an upstream is worth.
    enum Verdict: Hashable, Sendable {
        /// The answer, whatever its RCODE.
        case answer
        /// An RCODE that another upstream may do better than.
        case failure
        /// TC over UDP.
        case truncated
        /// It does not know EDNS.
        case refusesEDNS
        /// Right but for the case of its question: no proof that it is not forged (draft-vixie-dnsext-dns0x20).
        case otherCase
        /// Another ID, another question, no response, or unreadable.
        case foreign
    }

    enum Failure: Hashable, Sendable {
        /// Nothing came in the time there was.
        case timedOut
        /// Nobody could be asked, or everybody refused.
        case unreachable
    }

    enum Action: Hashable, Sendable {
        case send(attempt: Int, upstream: Int, Channel, usesEDNS: Bool)
        /// The attempt's upstream did not answer in time.
        case late(attempt: Int, upstream: Int)
        /// The end: what this attempt brought is the answer.
        case finish(attempt: Int)
        case fail(Failure)
    }

    private struct Attempt: Sendable {
        var candidate: Int
        var channel: Channel
        var usesEDNS: Bool
        var deadline: UInt64
        var foreignCount = 0
        var isOpen = true
        /// An ICMP error says that nobody is there.
        var isRefused = false
    }

    /// Messages sent for one question, retries over TCP included.
    static let attemptCountMax = 10
    /// Foreign replies to one attempt before it is made again over TCP, where nobody can guess (robustness fact 50).
    static let foreignCountMax = 20
    /// The first wait before a lone upstream is asked again; it doubles.
    static let repeatNanoseconds: UInt64 = 250_000_000
    /// How long the answer may still come after an ICMP error, where nobody else is asked.
    static let refusedNanoseconds: UInt64 = 200_000_000

    private let candidates: [Candidate]
    private let readTimeout: UInt64
    private var deadline: UInt64
    private var attempts: [Attempt] = []
    /// How many candidates were asked at least once.
    private var triedCount = 0
    private var nextSend: UInt64 = 0
    /// The attempt whose failure is the answer where nobody does better.
    private var kept: Int?
    private(set) var isFinished = false

    init(candidates: [Candidate], readTimeout: UInt64, deadline: UInt64) {
        self.candidates = candidates
        self.readTimeout = readTimeout
        self.deadline = deadline
    }

    mutating func start(at now: UInt64) -> [Action] {
        candidates.isEmpty ? finish(.fail(.unreachable)) : sendNext(at: now)
    }

    /// When `tick` has something to do next.
    var nextDeadline: UInt64 {
        attempts.reduce(min(deadline, nextSend)) { $1.isOpen ? min($0, $1.deadline) : $0 }
    }

    /// Whether what comes to an attempt still counts; not after a failure, an error about EDNS, or its port was given up.
    func listens(to attempt: Int) -> Bool {
        !isFinished && attempts.indices.contains(attempt) && attempts[attempt].isOpen
    }

    mutating func receive(_ verdict: Verdict, attempt: Int, at now: UInt64) -> [Action] {
        guard !isFinished, attempts[attempt].isOpen else { return [] }
        let candidate = attempts[attempt].candidate
        switch verdict {
        case .answer: return finish(.finish(attempt: attempt))
        case .failure:
            kept = attempt
            attempts[attempt].isOpen = false
            return goOn(at: now)
        case .truncated, .otherCase:
            attempts[attempt].isOpen = false
            return send(candidate, .stream, usesEDNS: attempts[attempt].usesEDNS, at: now) ?? goOn(at: now)
        case .refusesEDNS:
            attempts[attempt].isOpen = false
            return send(candidate, attempts[attempt].channel, usesEDNS: false, at: now) ?? goOn(at: now)
        case .foreign:
            attempts[attempt].foreignCount += 1
            guard attempts[attempt].channel == .udp, attempts[attempt].foreignCount > Self.foreignCountMax else {
                return []
            }
            attempts[attempt].isOpen = false
            return send(candidate, .stream, usesEDNS: attempts[attempt].usesEDNS, at: now) ?? goOn(at: now)
        }
    }

    /// The attempt cannot succeed any more: refused, or its connection is gone.
    mutating func fail(attempt: Int, at now: UInt64) -> [Action] {
        guard !isFinished, attempts[attempt].isOpen else { return [] }
        attempts[attempt].isOpen = false
        return goOn(at: now)
    }

    /// An ICMP error came for the attempt, which anyone can forge: another upstream is asked at once, yet the answer is
    /// believed and the port kept, so that the error tells and changes nothing (robustness fact 52).
    mutating func refuse(attempt: Int, at now: UInt64) -> [Action] {
        guard !isFinished, attempts[attempt].isOpen, !attempts[attempt].isRefused else { return [] }
        attempts[attempt].isRefused = true
        return goOn(at: now)
    }

    mutating func tick(at now: UInt64) -> [Action] {
        guard !isFinished else { return [] }
        var actions: [Action] = []
        for index in attempts.indices where attempts[index].isOpen && now >= attempts[index].deadline {
            // It stays open: an answer that is late is an answer.
            attempts[index].deadline = .max
            actions.append(.late(attempt: index, upstream: candidates[attempts[index].candidate].upstream))
        }
        if now >= deadline {
            let isRefused = attempts.allSatisfy { $0.isRefused || !$0.isOpen }
            return actions + finish(kept.map { .finish(attempt: $0) } ?? .fail(isRefused ? .unreachable : .timedOut))
        }
        if now >= nextSend, let stream = streamDeadline { nextSend = stream }
        if now >= nextSend { actions += sendNext(at: now) }
        return actions
    }

    /// Until when a stream may still bring its answer, where all have been asked; nil where none is under way.
    ///
    /// It loses nothing, so to ask again would only double the work.
    private var streamDeadline: UInt64? {
        guard triedCount >= candidates.count else { return nil }
        return attempts.filter { $0.isOpen && $0.channel == .stream && $0.deadline != .max }.map(\.deadline).min()
    }

    /// An attempt ended without an answer: the next upstream is asked at once, or the others are waited for.
    private mutating func goOn(at now: UInt64) -> [Action] {
        if triedCount < candidates.count { return sendNext(at: now) }
        if attempts.contains(where: { $0.isOpen && !$0.isRefused }) { return [] }
        if attempts.contains(where: \.isOpen) {
            deadline = min(deadline, now &+ Self.refusedNanoseconds)
            nextSend = .max
            return []
        }
        return finish(kept.map { .finish(attempt: $0) } ?? .fail(.unreachable))
    }

    /// Asks the next candidate, or one of them again.
    private mutating func sendNext(at now: UInt64) -> [Action] {
        let isRepeat = triedCount >= candidates.count
        let index = isRepeat ? attempts.count % candidates.count : triedCount
        if !isRepeat { triedCount += 1 }
        let candidate = candidates[index]
        if isRepeat || triedCount == candidates.count {
            let doublings = UInt64(min(6, max(0, attempts.count + 1 - candidates.count)))
            nextSend = now &+ max(candidate.lateAfter, Self.repeatNanoseconds << doublings)
        } else {
            nextSend = now &+ candidate.lateAfter
        }
        guard let actions = send(index, candidate.channel, usesEDNS: candidate.usesEDNS, at: now) else {
            nextSend = .max
            return []
        }
        return actions
    }

    private mutating func send(_ index: Int, _ channel: Channel, usesEDNS: Bool, at now: UInt64) -> [Action]? {
        guard attempts.count < Self.attemptCountMax else { return nil }
        attempts.append(
            Attempt(candidate: index, channel: channel, usesEDNS: usesEDNS, deadline: now &+ readTimeout))
        return [
            .send(
                attempt: attempts.count - 1, upstream: candidates[index].upstream, channel, usesEDNS: usesEDNS)
        ]
    }

    private mutating func finish(_ action: Action) -> [Action] {
        isFinished = true
        return [action]
    }
}
