/// What to send for one question, and when: no socket, no clock.
struct Script: Sendable {
    enum Action: Sendable {
        /// A message; over TCP with its length in front.
        case send([UInt8])
        case sendFromOtherPort([UInt8])
        case sendFromOtherAddress([UInt8])
        /// Octets of a TCP connection, as they are.
        case sendRaw([UInt8])
        case close
    }
    struct Step: Sendable {
        var afterMilliseconds = 0
        var action: Action
    }

    static let rightReplyDelay = 30
    static let poison: [UInt8] = [203, 0, 113, 66]

    var question: Question
    var behaviour: Behaviour
    /// How often this name was asked for this type, this time included.
    var turn: Int

    var steps: [Step] {
        guard let kind = behaviour.kind else { return [Step(action: .send(right.octets))] }
        if kind.isFalseOverUDP { return question.overTCP ? [Step(action: .send(right.octets))] : falseSteps(kind) }
        if kind.isTruncatedOverUDP { return question.overTCP ? connectionSteps(kind) : [truncated(kind)] }
        return sameSteps(kind)
    }

    // MARK: - Right replies

    /// The address says how often it was asked: 192.0.2.TURN, 2001:db8::TURN.
    var right: Reply {
        var reply = Reply(to: question)
        let ttl = behaviour.kind == .ttl ? UInt32(behaviour.number ?? 0) : 60
        if let data = rightData {
            reply.answers = [Record(owner: Record.asked, type: question.type, ttl: ttl, data: data)]
        } else {
            reply.authorities = [soa(minimum: 60)]
        }
        return reply
    }

    private var rightData: [UInt8]? {
        let last = UInt8(turn & 255)
        return switch question.type {
        case RecordType.a: [192, 0, 2, last]
        case RecordType.aaaa: [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [last]
        case RecordType.txt: Octets.text("asked \(turn)")
        case RecordType.ns: Octets.name("ns.bad.test")
        default: nil
        }
    }

    func soa(minimum: Int) -> Record {
        let owner = question.offset(ofLabel: max(0, question.labels.count - 2))
        let pointer = Reply.bigEndian(UInt16(0xC000 | owner))
        return Record(
            owner: pointer, type: RecordType.soa, ttl: UInt32(minimum), data: Octets.soa(minimum: UInt32(minimum)))
    }

    func address(_ owner: [UInt8], _ data: [UInt8] = poison) -> Record {
        Record(owner: owner, type: RecordType.a, ttl: 60, data: data)
    }

    // MARK: - False replies

    /// Like the right one, with the false address.
    private var poisoned: Reply {
        var reply = Reply(to: question)
        reply.answers = [address(Record.asked)]
        return reply
    }

    private func falseSteps(_ kind: Kind) -> [Step] {
        var steps = falseActions(kind).map { Step(action: $0) }
        if behaviour.thenRight {
            steps.append(Step(afterMilliseconds: Self.rightReplyDelay, action: .send(right.octets)))
        }
        return steps
    }

    private func falseActions(_ kind: Kind) -> [Action] {
        var reply = poisoned
        switch kind {
        case .id: reply.id &+= 1
        case .question: reply.questions = [Octets.name("www.victim.test") + question.octets.suffix(4)]
        case .type: reply.questions = [question.nameOctets + [0, 99, 0, 1]]
        case .class: reply.questions = [question.nameOctets + Reply.bigEndian(question.type) + [0, 3]]
        case .letters: reply.questions = [turned(question.nameOctets) + question.octets.suffix(4)]
        case .query: reply.isResponse = false
        case .opcode: reply.opcode = 4
        case .two: reply.questions += reply.questions
        case .none:
            reply.questions = []
            reply.answers = [address(Array(question.nameOctets))]
        case .garbage:
            let nonsense = (0..<100).map { UInt8(($0 * 73 + 41) & 255) }
            return [.send(Reply.bigEndian(question.id) + nonsense)]
        case .short: return [.send(Reply.bigEndian(question.id) + [0x81, 0x80, 0])]
        case .port: return [.sendFromOtherPort(reply.octets)]
        case .address: return [.sendFromOtherAddress(reply.octets)]
        case .flood:
            return (1...UInt16(clamping: behaviour.number ?? 100)).map { offset in
                reply.id = question.id &+ offset
                return .send(reply.octets)
            }
        default: break
        }
        return [.send(reply.octets)]
    }

    private func turned(_ name: ArraySlice<UInt8>) -> [UInt8] { name.map { Question.isLetter($0) ? $0 ^ 0x20 : $0 } }

    private func truncated(_ kind: Kind) -> Step {
        var reply = kind == .tcdata ? poisoned : Reply(to: question)
        reply.isTruncated = true
        return Step(action: .send(reply.octets))
    }
}
