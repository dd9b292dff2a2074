import NIOCore
import Testing

@testable import Serving

/// Framing (RFC 7766 §8), deadlines and limits of one connection, without socket or clock.
struct TCPConnectionStateMachineTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// Three messages of 12, 13 and 300 octets with their lengths.
    private static let messages = [12, 13, 300].map { [UInt8](repeating: UInt8($0 & 0xFF), count: $0) }
    private static let stream = messages.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }

    private static func machine(_ limits: TCPLimits = TCPLimits()) -> TCPConnectionStateMachine {
        TCPConnectionStateMachine(limits: limits, at: start)
    }

    /// Takes all messages there are, and what the machine says after the last.
    private static func drain(
        _ machine: inout TCPConnectionStateMachine, at now: NIODeadline = start, responseOctetCount: Int = 0
    ) -> ([[UInt8]], TCPConnectionStateMachine.Action) {
        var messages: [[UInt8]] = []
        while true {
            let action = machine.next(at: now)
            guard case .answer(let message) = action else { return (messages, action) }
            messages.append(Array(message.readableBytesView))
            machine.answered(octetCount: responseOctetCount, at: now)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 11, 13, 14, 15, 64, 331]) func anyCutGivesTheSameMessages(size: Int) {
        var machine = Self.machine()
        var found: [[UInt8]] = []
        for at in stride(from: 0, to: Self.stream.count, by: size) {
            let piece = Self.stream[at..<min(at + size, Self.stream.count)]
            machine.receive(ByteBuffer(bytes: piece), at: Self.start)
            let (messages, action) = Self.drain(&machine)
            found += messages
            #expect(action == .none)
        }
        #expect(found == Self.messages)
    }

    @Test func largestMessage() {
        var machine = Self.machine()
        machine.receive(ByteBuffer(bytes: [0xFF, 0xFF] + [UInt8](repeating: 7, count: 65_534)), at: Self.start)
        #expect(Self.drain(&machine).0 == [])
        machine.receive(ByteBuffer(bytes: [8]), at: Self.start)
        #expect(Self.drain(&machine).0.map(\.count) == [65_535])
    }

    @Test(arguments: 0...11) func lengthBelowAHeaderCloses(length: Int) {
        var machine = Self.machine()
        machine.receive(ByteBuffer(bytes: [0, UInt8(length), 1, 2, 3]), at: Self.start)
        #expect(machine.next(at: Self.start) == .close(.malformed))
        #expect(machine.next(at: Self.start) == .none)
    }

    /// What a client does, and when and why its connection ends.
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String
        /// Octets at times in milliseconds after the start.
        var octets: [(at: Int64, [UInt8])] = []
        var endsAt: Int64
        var reason: TCPConnectionStateMachine.Reason
        var idleTimeout = TimeAmount.seconds(10)

        var testDescription: String { label }
    }

    private static let query = [0, 12] + [UInt8](repeating: 0, count: 12)
    private static let slowly = (0..<100).map { (at: Int64($0) * 1000, [UInt8(0)]) }

    static let rows = [
        Row(label: "no octet at all: 5 s less two sweeps", endsAt: 4500, reason: .silent),
        Row(
            label: "length 65535, then silence: the same", octets: [(100, [0xFF, 0xFF])], endsAt: 4600, reason: .silent),
        Row(
            label: "an octet a second: 10 s for the whole message, less a sweep",
            octets: [(0, [0xFF])] + slowly.dropFirst(),
            endsAt: 9750, reason: .slow),
        Row(label: "one query, then nothing: idle timeout", octets: [(50, query)], endsAt: 10_050, reason: .idle),
        Row(
            label: "idle timeout of a crowded listener", octets: [(50, query)], endsAt: 2050, reason: .idle,
            idleTimeout: .seconds(2)),
        Row(
            label: "a cut second message", octets: [(0, query), (3000, [0])], endsAt: 7500, reason: .silent),
    ]

    @Test(arguments: rows) func deadline(_ row: Row) {
        var machine = Self.machine()
        for now in stride(from: Int64(0), through: 30_000, by: 50) {
            let time = Self.start + .milliseconds(now)
            for (at, octets) in row.octets where at == now {
                machine.receive(ByteBuffer(bytes: octets), at: time)
                _ = Self.drain(&machine, at: time)
            }
            let action = machine.tick(at: time, idleTimeout: row.idleTimeout)
            guard action == .none else {
                #expect(action == .close(row.reason), "\(row.label)")
                #expect(now == row.endsAt, "\(row.label)")
                return
            }
        }
        Issue.record("\(row.label): never closed")
    }

    @Test func clientThatReadsNothingIsNotReadFromAndThenClosed() {
        var limits = TCPLimits()
        limits.unsentOctetCountMax = 1000
        var machine = Self.machine(limits)
        machine.receive(ByteBuffer(bytes: Self.query + Self.query + Self.query), at: Self.start)
        #expect(Self.drain(&machine, responseOctetCount: 600).0.count == 2)
        #expect(!machine.wantsOctets)
        #expect(machine.tick(at: Self.start + .milliseconds(4499), idleTimeout: .seconds(10)) == .none)
        #expect(machine.tick(at: Self.start + .milliseconds(4500), idleTimeout: .seconds(10)) == .abort)
        #expect(machine.tick(at: Self.start + .seconds(30), idleTimeout: .seconds(10)) == .none)
    }

    @Test func closingWaitsNoLongerForAClientThatDoesNotRead() {
        var machine = Self.machine()
        machine.receive(ByteBuffer(bytes: Self.query + [0, 0]), at: Self.start)
        #expect(Self.drain(&machine, responseOctetCount: 600).1 == .close(.malformed))
        #expect(machine.tick(at: Self.start + .milliseconds(4499), idleTimeout: .seconds(10)) == .none)
        #expect(machine.tick(at: Self.start + .milliseconds(4500), idleTimeout: .seconds(10)) == .abort)
    }

    @Test func readingGoesOnWhenTheClientReads() {
        var limits = TCPLimits()
        limits.unsentOctetCountMax = 1000
        var machine = Self.machine(limits)
        machine.receive(ByteBuffer(bytes: Self.query + Self.query + Self.query), at: Self.start)
        _ = Self.drain(&machine, responseOctetCount: 600)
        machine.sent(octetCount: 1200, at: Self.start)
        #expect(machine.isInterrupted)
        #expect(Self.drain(&machine, responseOctetCount: 600).0.count == 1)
        #expect(machine.wantsOctets)
        #expect(!machine.isInterrupted)
    }

    @Test func messagesWithoutAnAnswerAreLimited() {
        var machine = Self.machine()
        let many = (0..<129).flatMap { _ in Self.query }
        machine.receive(ByteBuffer(bytes: many), at: Self.start)
        for _ in 0..<128 {
            guard case .answer = machine.next(at: Self.start) else { return #expect(Bool(false)) }
        }
        #expect(machine.next(at: Self.start) == .none)
        #expect(!machine.wantsOctets)
        machine.answered(octetCount: 20, at: Self.start)
        guard case .answer = machine.next(at: Self.start) else { return #expect(Bool(false)) }
    }

    @Test func endOfInputClosesWhenEverythingIsAnswered() {
        var machine = Self.machine()
        machine.receive(ByteBuffer(bytes: Self.query), at: Self.start)
        #expect(Self.drain(&machine).0.count == 1)
        machine.endInput()
        #expect(machine.next(at: Self.start) == .close(.finished))
    }

    @Test func stoppingServerWaitsForSilence() {
        var machine = Self.machine()
        machine.receive(ByteBuffer(bytes: Self.query), at: Self.start)
        _ = Self.drain(&machine)
        machine.drain()
        #expect(machine.tick(at: Self.start + .milliseconds(199), idleTimeout: .seconds(10)) == .none)
        #expect(machine.tick(at: Self.start + .milliseconds(200), idleTimeout: .seconds(10)) == .close(.drained))
    }

    @Test func cutMessageKeepsNoReceiveBuffer() {
        var machine = Self.machine()
        var octets = ByteBuffer()
        octets.reserveCapacity(2048)
        octets.writeBytes([0xFF, 0xFF, 1])
        machine.receive(octets, at: Self.start)
        #expect(machine.next(at: Self.start) == .none)
        #expect(machine.heldOctetCount == 3)
    }
}
