import NIOCore

@testable import Serving

/// One connection over TCP: steps of a first octet each, some followed by octets of the stream, cut as the steps say.
///
/// What the machine hands on must be what a reader of the whole stream finds, in its order, however it is cut.
struct TCPDoor: Door {
    static let name = "tcp"

    /// What an idle connection may hold at most, with a message that is cut (see `TCPLimits`).
    private static let heldOctetCountMax = 256 << 10

    func take(_ input: RawSpan) throws(Broken) {
        var limits = TCPLimits()
        limits.unansweredCountMax = 4
        limits.unsentOctetCountMax = 600
        var connection = TCPConversation(limits)
        var at = 0
        while at < input.byteCount {
            let step = input.octet(at)
            at += 1
            switch step & 7 {
            case 0...2:
                // Octets of the stream: their count in the rest of the step, or all that are left.
                let wanted = step == 0 ? input.byteCount : Int(step >> 3) + 1
                let count = min(wanted, input.byteCount - at)
                try connection.receive(input.extracting(at..<at + count).array)
                at += count
            case 3: try connection.answer(Int(step >> 3) * 40)
            case 4: connection.send(Int(step >> 3) * 40)
            case 5: try connection.tick(.milliseconds(Int64(step >> 3) * 150))
            case 6: connection.machine.endInput()
            default: if step & 8 == 0 { connection.machine.drain() } else { try connection.evict() }
            }
            try connection.run()
            try require(connection.machine.heldOctetCount <= Self.heldOctetCountMax, "too much is held")
        }
    }
}

/// A machine, and beside it what the client has sent and is owed.
private struct TCPConversation {
    var machine: TCPConnectionStateMachine
    private var now = NIODeadline.uptimeNanoseconds(1)
    private var stream: [UInt8] = []
    /// Where in the stream the next message starts.
    private var expected = 0
    private var unansweredCount = 0
    private var unsentCount = 0
    private var isClosed = false

    init(_ limits: TCPLimits) { machine = TCPConnectionStateMachine(limits: limits, at: now) }

    mutating func receive(_ octets: [UInt8]) throws(Broken) {
        // A driver reads only where it is wanted.
        guard machine.wantsOctets else { return }
        try require(!isClosed, "a closed connection wants octets")
        stream += octets
        machine.receive(ByteBuffer(bytes: octets), at: now)
    }

    mutating func answer(_ octetCount: Int) throws(Broken) {
        guard unansweredCount > 0 else { return }
        unansweredCount -= 1
        unsentCount += octetCount
        machine.answered(octetCount: octetCount, at: now)
        try require(machine.hasUnsentOctets == (unsentCount > 0), "another count of unsent octets")
    }

    mutating func send(_ octetCount: Int) {
        let sent = min(octetCount, unsentCount)
        guard sent > 0 else { return }
        unsentCount -= sent
        machine.sent(octetCount: sent, at: now)
    }

    mutating func tick(_ time: TimeAmount) throws(Broken) {
        now = now + time
        try note(machine.tick(at: now, idleTimeout: .seconds(2)))
    }

    mutating func evict() throws(Broken) { try note(machine.evict()) }

    /// Does what the machine says until it says nothing more.
    mutating func run() throws(Broken) {
        while true {
            let action = machine.next(at: now)
            if case .none = action { break }
            try note(action)
        }
        let isComplete = hasMessage && unansweredCount < 4 && unsentCount <= 600 && !isClosed
        try require(!isComplete, "a message has come and is not handed on")
    }

    private var length: Int? {
        expected + 2 <= stream.count ? Int(stream[expected]) << 8 | Int(stream[expected + 1]) : nil
    }

    private var hasMessage: Bool { length.map { $0 >= 12 && expected + 2 + $0 <= stream.count } ?? false }

    private mutating func note(_ action: TCPConnectionStateMachine.Action) throws(Broken) {
        switch action {
        case .none: return
        case .abort: isClosed = true
        case .close(let reason):
            try require(!isClosed, "closed twice")
            try require(reason != .malformed || (length.map { $0 < 12 } ?? false), "a good length is malformed")
            isClosed = true
        case .answer(let message):
            try require(!isClosed, "a message behind the end")
            guard hasMessage, let length else { throw Broken("a message that the client has not sent") }
            let sent = stream[expected + 2..<expected + 2 + length]
            try require(message.readableBytesView.elementsEqual(sent), "other octets than the client sent")
            expected += 2 + length
            unansweredCount += 1
        }
    }
}
