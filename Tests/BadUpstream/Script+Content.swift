/// What goes over a TCP connection, and what is the same over both transports.
extension Script {
    static let messageSizeMax = 65_535
    /// A record that is an address, behind a pointer.
    private static let addressSize = 16

    func connectionSteps(_ kind: Kind) -> [Step] {
        switch kind {
        case .close: return [Step(action: .close)]
        case .half:
            let whole = framed(right.octets)
            return [
                Step(action: .sendRaw(Array(whole.prefix(whole.count / 2)))),
                Step(afterMilliseconds: 1, action: .close),
            ]
        case .drip:
            let pause = behaviour.number ?? 10
            return framed(right.octets).enumerated().map { at, octet in
                Step(afterMilliseconds: at * pause, action: .sendRaw([octet]))
            }
        case .tcpid:
            var reply = Reply(to: question)
            reply.id &+= 1
            reply.answers = [address(Record.asked)]
            return [Step(action: .send(reply.octets))]
        case .big: return [Step(action: .send(big.octets))]
        default: return [Step(action: .send(right.octets))]
        }
    }

    private func framed(_ message: [UInt8]) -> [UInt8] { Reply.bigEndian(UInt16(clamping: message.count)) + message }

    /// As many addresses as a message of 65,535 octets holds.
    private var big: Reply {
        var reply = Reply(to: question)
        let count = (Self.messageSizeMax - reply.octets.count) / Self.addressSize
        reply.answers = (0..<count).map { address(Record.asked, [10, 0, UInt8($0 >> 8 & 255), UInt8($0 & 255)]) }
        return reply
    }

    func sameSteps(_ kind: Kind) -> [Step] {
        let number = behaviour.number
        switch kind {
        case .silent: return []
        case .udpsilent: return question.overTCP ? [Step(action: .send(right.octets))] : []
        case .late: return [Step(afterMilliseconds: number ?? 300, action: .send(right.octets))]
        case .dup: return (0..<(number ?? 3)).map { Step(afterMilliseconds: $0 * 5, action: .send(right.octets)) }
        default:
            let reply = content(kind, number)
            return [Step(action: .send(fitting(reply, kind)))]
        }
    }

    /// Over UDP no more than was asked for, but for `wide`.
    private func fitting(_ reply: Reply, _ kind: Kind) -> [UInt8] {
        let octets = reply.octets
        guard !question.overTCP, kind != .wide, octets.count > max(512, question.udpSize ?? 0) else { return octets }
        var cut = Reply(to: question)
        cut.isTruncated = true
        return cut.octets
    }

    private func content(_ kind: Kind, _ number: Int?) -> Reply {
        var reply = right
        switch kind {
        case .ednsformerr where question.udpSize != nil:
            reply = failure(1)
            reply.hasOPT = false
        case .rcode: reply = failure(UInt8(clamping: number ?? 9) & 15)
        case .formerr: reply = failure(1)
        case .servfail: reply = failure(2)
        case .notimp: reply = failure(4)
        case .refused: reply = failure(5)
        case .nx, .nxproven, .nxnosoa: reply = failure(3)
        case .nodata, .nodatanosoa: reply = failure(0)
        case .wide:
            reply.additionals = (0..<(number ?? 2000) / Self.addressSize).map { _ in
                address(Record.asked, [192, 0, 2, 250])
            }
        case .loop:
            reply.answers = [alias(Record.asked, "b.loop.test"), alias(Octets.name("b.loop.test"), question.name)]
        case .self: reply.answers = [alias(Record.asked, question.name)]
        case .chain: reply.answers = chain(number ?? 10)
        case .poison: poison(&reply)
        case .poisoncname:
            reply.answers = [alias(Record.asked, "www.victim.test"), address(Octets.name("www.victim.test"))]
        default: break
        }
        reply.isAuthentic = kind == .nxproven
        if [.nx, .nxproven, .nodata].contains(kind) { reply.authorities = [soa(minimum: number ?? 60)] }
        return reply
    }

    private func failure(_ rcode: UInt8) -> Reply {
        var reply = Reply(to: question)
        reply.rcode = rcode
        return reply
    }

    private func alias(_ owner: [UInt8], _ target: String) -> Record {
        Record(owner: owner, type: RecordType.cname, ttl: 60, data: Octets.name(target))
    }

    private func chain(_ count: Int) -> [Record] {
        let links = (0..<count).map { at in
            alias(at == 0 ? Record.asked : Octets.name("c\(at).chain.test"), "c\(at + 1).chain.test")
        }
        return links + [address(Octets.name("c\(count).chain.test"), [192, 0, 2, UInt8(turn & 255)])]
    }

    private func poison(_ reply: inout Reply) {
        let victim = Octets.name("www.victim.test")
        let server = Record(
            owner: Octets.name("victim.test"), type: RecordType.ns, ttl: 60, data: Octets.name("ns.evil.test"))
        reply.answers.append(address(victim))
        reply.authorities = [server, address(victim)]
        reply.additionals = [address(victim), address(Octets.name("ns.evil.test"))]
    }
}
