import Answering
import DNSTesting
import DNSWire
import Serving

/// Upstreams, and the network on the way to them and back.
extension ResolverSimulation {
    /// The lane wants to send; false where there is no descriptor for a port.
    func mayLeave(_ sent: Sent, _ question: UpstreamQuestion) -> Bool {
        let down = commons.runtime(of: group).upstreams.enumerated().filter { $0.element.figures.isDown }
        wireJudge.begins(sent, question, down: Set(down.map(\.offset)), now: now) { core.question(of: $0) == nil }
        return sent.place == nil || isBenign || isQuiet || !random.oneIn(400)
    }

    /// A message leaves the lane.
    func leave(_ sent: Sent, _ question: UpstreamQuestion) {
        if let place = sent.place { wireJudge.opened(place) }
        wireJudge.sent(sent, question)
        trace("to upstream \(sent.upstream)\(sent.place == nil ? " over TCP" : ""): \(hex(sent.octets))")
        let isLost = sent.place != nil && !isBenign && !isQuiet && random.oneIn(50)
        if !isLost {
            plan(.upstream(sent), in: microseconds(100...(upstreams[sent.upstream].milliseconds * 500 + 200)))
        }
    }

    /// A message has reached an upstream.
    func receive(_ sent: Sent) {
        let upstream = upstreams[sent.upstream]
        switch upstream.mood {
        case .silent:
            // A connection that brings nothing is given up after three seconds.
            if sent.place == nil { plan(.stream(sent, nil, entry: nil), in: .seconds(3)) }
        case .refusing:
            if sent.place == nil {
                plan(.stream(sent, nil, entry: nil), in: milliseconds(0...3))
            } else {
                plan(.closedPort(sent), in: milliseconds(0...3))
            }
        case .lossy where random.oneIn(2):
            if sent.place == nil { plan(.stream(sent, nil, entry: nil), in: milliseconds(100...3000)) }
        case .fickle:
            send(Wire.Message(id: sent.id, flags: 0x8082, question: sent.questionOctets).octets, nil, to: sent)
            if sent.place != nil { answer(sent) }
        case .failing:
            send(Wire.Message(id: sent.id, flags: 0x8082, question: sent.questionOctets).octets, nil, to: sent)
        case .refuses:
            send(Wire.Message(id: sent.id, flags: 0x8085, question: sent.questionOctets).octets, nil, to: sent)
        case .plain where sent.hasOPT: refuseEDNS(sent)
        case .lying, .stormy: lie(sent, upstream.mood)
        default: answer(sent)
        }
    }

    /// FORMERR or NOTIMP, with the question or a header alone.
    private func refuseEDNS(_ sent: Sent) {
        var message = Wire.Message(id: sent.id, flags: random.oneIn(2) ? 0x8081 : 0x8084, question: sent.questionOctets)
        if random.oneIn(2) { message.questionCount = 0 }
        send(message.octets, nil, to: sent)
    }

    /// Forged replies, then perhaps the right one.
    private func lie(_ sent: Sent, _ mood: SimulatedUpstream.Mood) {
        guard let question = sent.question else { return answer(sent) }
        let isStorm = mood == .stormy && sent.place != nil
        for _ in 0..<(isStorm ? 25 : Int.random(in: 1...3, using: &random)) {
            var answer = UpstreamAnswer(question, number: ledger.next, ttlMax: 3600, &random)
            answer.entry.isLie = true
            ledger.add(answer.entry)
            var kind = isStorm ? Lie.otherID : random.pick(sent.place == nil ? Lie.overStreams : Lie.allCases)
            if kind == .huge, !random.oneIn(40) { kind = .otherID }
            trace("upstream \(sent.upstream) lies: \(kind)")
            deliver(kind.spoil(answer.message(to: sent, &random), &random), nil, to: sent, in: microseconds(0...900))
            // A connection has one reply to each message.
            if sent.place == nil { return }
        }
        if isStorm || random.oneIn(2) { self.answer(sent) }
    }

    /// The right answer, as far as the upstream's mood allows.
    private func answer(_ sent: Sent) {
        guard let question = sent.question else {
            return send(Wire.Message(id: sent.id, question: sent.questionOctets).octets, nil, to: sent)
        }
        let mood = upstreams[sent.upstream].mood
        let number = ledger.next
        var answer = UpstreamAnswer(question, number: number, ttlMax: options.cacheTTL, &random)
        var message = answer.message(to: sent, &random)
        if mood == .caseless {
            message.question = message.question.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            answer.entry.isLie = sent.place != nil && message.question != sent.questionOctets
        }
        if mood == .truncating || question.content == .large, sent.place != nil {
            message.flags |= 0x0200
            if question.content == .large || random.oneIn(2) { message.answer = [] }
            answer.entry.isLie = true
        }
        ledger.add(answer.entry)
        if mood == .greedy {
            let extra = ledger.next
            var lie = Ledger.Entry(question: question, rcode: .noError)
            lie.isLie = true
            ledger.add(lie)
            UpstreamAnswer.addExtras(to: &message, marked: extra, &random)
        }
        let octets = message.octets
        let copyCount = mood == .repeating && sent.place != nil ? 3 : 1
        for _ in 0..<copyCount { send(octets, number, to: sent) }
    }

    /// Sends a reply on its way back, which may be long or have no end.
    private func send(_ octets: [UInt8], _ entry: Int?, to sent: Sent) {
        let upstream = upstreams[sent.upstream]
        if sent.place != nil, !isBenign, !isQuiet, random.oneIn(50) { return }
        let most = upstream.mood == .slow ? 3_000_000 : upstream.milliseconds * 500 + 200
        deliver(octets, entry, to: sent, in: microseconds(1000...max(1001, most)))
    }

    private func deliver(_ octets: [UInt8], _ entry: Int?, to sent: Sent, in delay: Duration) {
        let isStream = sent.place == nil
        plan(isStream ? .stream(sent, octets, entry: entry) : .datagram(sent, octets, entry: entry), in: delay)
    }

    /// Octets reach the port that an attempt has, or had.
    func reach(_ sent: Sent, _ octets: [UInt8], _ entry: Int?) {
        guard let place = sent.place, wireJudge.openPlaces.contains(place) else { return }
        trace("from upstream \(sent.upstream): \(octets.count > 2000 ? "\(octets.count) octets" : hex(octets))")
        if let entry { ledger.note(arrivalOf: entry, at: clock) }
        turn { $0.takeReply(octets.rawSpan, exchange: sent.exchange, attempt: sent.attempt) }
    }

    func reachStream(_ sent: Sent, _ octets: [UInt8]?, _ entry: Int?) {
        if core.question(of: sent.exchange) != nil, let entry { ledger.note(arrivalOf: entry, at: clock) }
        trace("over TCP from upstream \(sent.upstream): \(octets.map(hex) ?? "nothing")")
        turn { $0.takeStreamReply(octets, exchange: sent.exchange, attempt: sent.attempt) }
    }

    func reachClosedPort(_ sent: Sent) {
        guard let place = sent.place, wireJudge.openPlaces.contains(place) else { return }
        trace("upstream \(sent.upstream) refuses")
        turn { $0.refuse(exchange: sent.exchange, attempt: sent.attempt) }
    }
}
