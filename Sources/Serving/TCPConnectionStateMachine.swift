import NIOCore

/// One DNS connection over TCP (RFC 7766): framing, deadlines and limits, with no socket and no clock in it.
///
/// The driver feeds octets and the time, and calls `next` until it returns `.none`. Answers may be given in any order.
struct TCPConnectionStateMachine: Sendable {
    enum Action: Hashable, Sendable {
        /// Answer this message, then call `answered`.
        case answer(ByteBuffer)
        /// Send what is queued, then close.
        case close(Reason)
        /// Close now: the client does not take what is queued.
        case abort
        case none
    }

    /// Why a connection ends.
    enum Reason: Hashable, Sendable {
        /// No message for the idle timeout.
        case idle
        /// Octets that the client owed did not come.
        case silent
        /// A message took longer than the message timeout.
        case slow
        /// A length below that of a header.
        case malformed
        /// The client sent its last octet, and has its answers.
        case finished
        /// The server stops.
        case drained
        /// Another connection, or the memory of all, needed the room.
        case crowded
    }

    private enum State: Hashable, Sendable {
        /// Between messages.
        case idle(since: NIODeadline)
        /// The client owes octets.
        case receiving(since: NIODeadline, lastOctet: NIODeadline)
        /// Nothing more is read; what is queued may still be sent.
        case closing
        case closed
    }

    private let limits: TCPLimits
    private var state: State
    /// Octets of messages not taken yet.
    private var inbound = ByteBuffer()
    private var unsentOctetCount = 0
    /// When the client last took octets of those unsent; nil while none are.
    private var unsentSince: NIODeadline?
    private var unansweredCount = 0
    private var hasInputEnded = false
    private var isDraining = false

    init(limits: TCPLimits, at now: NIODeadline) {
        self.limits = limits
        state = .receiving(since: now, lastOctet: now)
    }

    var hasUnsentOctets: Bool { unsentOctetCount > 0 }

    /// What this connection keeps in memory besides its fixed size.
    var heldOctetCount: Int { inbound.readableBytes + unsentOctetCount }

    /// False while the client has too much to take or to wait for: nothing more is read from it then.
    var wantsOctets: Bool { isOpen && !hasInputEnded && takesMessages }

    /// True when messages, or the end, wait for no octet of the client: `next` has something to do.
    var isInterrupted: Bool { isOpen && takesMessages && (inbound.readableBytes > 0 || hasInputEnded) }

    /// When the connection became one that nobody would miss; nil while something is under way.
    var idleSince: NIODeadline? {
        guard inbound.readableBytes == 0, unansweredCount == 0, unsentOctetCount == 0 else { return nil }
        switch state {
        case .idle(let since), .receiving(let since, _): return since
        case .closing, .closed: return nil
        }
    }

    /// Takes octets as they came, however they are cut.
    mutating func receive(_ octets: ByteBuffer, at now: NIODeadline) {
        guard octets.readableBytes > 0 else { return }
        switch state {
        case .closing, .closed: return
        case .idle: state = .receiving(since: now, lastOctet: now)
        case .receiving(let since, _): state = .receiving(since: since, lastOctet: now)
        }
        if inbound.readableBytes == 0 {
            inbound = octets
        } else {
            inbound.writeImmutableBuffer(octets)
        }
    }

    /// What to do now.
    mutating func next(at now: NIODeadline) -> Action {
        guard isOpen, takesMessages else { return .none }
        guard let length = inbound.getInteger(at: inbound.readerIndex, as: UInt16.self) else { return rest() }
        guard Int(length) >= TCPLimits.messageOctetCountMin else { return close(.malformed) }
        guard inbound.readableBytes >= 2 + Int(length) else { return rest() }
        inbound.moveReaderIndex(forwardBy: 2)
        guard let message = inbound.readSlice(length: Int(length)) else { return rest() }
        unansweredCount += 1
        state = inbound.readableBytes == 0 ? .idle(since: now) : .receiving(since: now, lastOctet: now)
        return .answer(message)
    }

    /// One message has its answer, of `octetCount` octets with its length; 0 where silence is the answer.
    mutating func answered(octetCount: Int, at now: NIODeadline) {
        precondition(unansweredCount > 0, "there are no more answers than messages")
        unansweredCount -= 1
        unsentOctetCount += octetCount
        if octetCount > 0 { unsentSince = unsentSince ?? now }
    }

    /// A part of an answer that goes on, of `octetCount` octets with its length.
    mutating func streamed(octetCount: Int, at now: NIODeadline) {
        precondition(unansweredCount > 0, "what goes on was asked for")
        unsentOctetCount += octetCount
        unsentSince = unsentSince ?? now
    }

    /// Whether the client has taken enough of what is queued for more to follow.
    var takesMore: Bool { unsentOctetCount < limits.unsentOctetCountMax }

    /// The kernel took octets of responses.
    mutating func sent(octetCount: Int, at now: NIODeadline) {
        precondition(octetCount <= unsentOctetCount, "only what was queued can be sent")
        unsentOctetCount -= octetCount
        unsentSince = unsentOctetCount > 0 ? now : nil
    }

    /// The client sends nothing more, and may still read: `next` closes once everything is answered.
    mutating func endInput() { hasInputEnded = true }

    /// The server stops: what is under way is answered, and after a moment of silence the connection ends.
    mutating func drain() { isDraining = true }

    /// The connection has to go for a reason of the server's.
    mutating func evict() -> Action { isOpen ? close(.crowded) : .none }

    /// Looks whether a deadline has passed; `idleTimeout` is the one in force now.
    mutating func tick(at now: NIODeadline, idleTimeout: TimeAmount) -> Action {
        if let unsentSince, now >= unsentSince + limits.unsentTimeout, state != .closed {
            state = .closed
            return .abort
        }
        guard isOpen, let reason = overdue(now, idleTimeout) else { return .none }
        return close(reason)
    }

    private func overdue(_ now: NIODeadline, _ idleTimeout: TimeAmount) -> Reason? {
        if isDraining, let lastOctet, now >= lastOctet + TCPLimits.drainSilence { return .drained }
        switch state {
        case .idle(let since): return unansweredCount == 0 && now >= since + idleTimeout ? .idle : nil
        // While the server itself does not read, the client owes nothing.
        case .receiving where !takesMessages: return nil
        case .receiving(_, let last) where now >= last + limits.silenceTimeout: return .silent
        case .receiving(let since, _): return now >= since + limits.messageTimeout ? .slow : nil
        case .closing, .closed: return nil
        }
    }

    private var isOpen: Bool {
        switch state {
        case .idle, .receiving: true
        case .closing, .closed: false
        }
    }

    private var takesMessages: Bool {
        unsentOctetCount <= limits.unsentOctetCountMax && unansweredCount < limits.unansweredCountMax
    }

    /// The last sign of the client where nothing is left to do for it.
    private var lastOctet: NIODeadline? {
        guard unansweredCount == 0, unsentOctetCount == 0 else { return nil }
        switch state {
        case .idle(let since): return since
        case .receiving(_, let last): return last
        case .closing, .closed: return nil
        }
    }

    /// Keeps the octets of a cut message in memory of their own size, so that the receive buffer is free again.
    private mutating func rest() -> Action {
        if hasInputEnded, unansweredCount == 0 { return close(.finished) }
        if inbound.readableBytes == 0 {
            inbound = ByteBuffer()
        } else if inbound.storageCapacity > 2 * max(inbound.readableBytes, 256) {
            inbound = ByteBuffer(bytes: inbound.readableBytesView)
        }
        return .none
    }

    private mutating func close(_ reason: Reason) -> Action {
        state = .closing
        inbound = ByteBuffer()
        return .close(reason)
    }
}
