import DNSTesting
import DNSWire

/// An upstream, and what is wrong with it at the moment.
struct SimulatedUpstream {
    enum Mood: CaseIterable {
        case healthy, slow, lossy, silent
        /// Its ports are closed.
        case refusing
        /// SERVFAIL, REFUSED.
        case failing, refuses
        case truncating
        /// It does not know EDNS.
        case plain
        /// It writes names small.
        case caseless
        /// Forged replies come before the right one, or instead of it.
        case lying
        /// More than twenty forged replies.
        case stormy
        /// Records that nobody asked for.
        case greedy
        case repeating
        /// A failure comes before the right answer.
        case fickle
    }

    var mood = Mood.healthy
    /// Of a round trip.
    var milliseconds: Int
}

/// What is wrong with a reply that no client may ever see.
enum Lie: CaseIterable {
    case otherID, otherName, otherType, otherClass, otherCase
    /// No response: QR is 0.
    case query
    case twoQuestions, noQuestion, otherOpcode, garbage, cut, huge

    /// Over a stream the connection has looked at the ID, and the case proves nothing.
    static let overStreams: [Lie] = [
        .otherName, .otherType, .otherClass, .query, .twoQuestions, .noQuestion, .otherOpcode, .garbage, .cut,
    ]

    /// Spoils a message that would be believed.
    func spoil(_ message: Wire.Message, _ random: inout SplitMix64) -> [UInt8] {
        var message = message
        let nameCount = message.question.count - 4
        switch self {
        case .otherID: message.id ^= UInt16.random(in: 1...0xFFFF, using: &random)
        case .otherName: message.question = SimulatedQuestion.wire("bank.example.test") + message.question[nameCount...]
        case .otherType: message.question[nameCount + 1] ^= 0x0C
        case .otherClass: message.question[nameCount + 3] = 3
        case .otherCase:
            guard let place = message.question[1...].firstIndex(where: { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A })
            else {
                message.id ^= 1
                break
            }
            message.question[place] ^= 0x20
        case .query: message.flags &= 0x7FFF
        case .twoQuestions: message.questionCount = 2
        case .noQuestion: message.questionCount = 0
        case .otherOpcode: message.flags |= 0x2000
        case .garbage:
            let count = Int.random(in: 0...80, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            return random.oneIn(2) ? noise : Array(message.octets.prefix(12)) + noise
        case .cut:
            let octets = message.octets
            return Array(octets.prefix(Int.random(in: 0..<octets.count, using: &random)))
        case .huge:
            var octets = big(message.id) + [0x80, 0x80, 0, 1, 0xFF, 0xFF, 0, 0, 0, 0] + message.question
            octets += [UInt8](repeating: 0, count: 65_535 - octets.count)
            return octets
        }
        return message.octets
    }
}

/// What an upstream says to a question.
struct UpstreamAnswer {
    private static let ttls: [UInt32] = [0, 1, 2, 5, 30, 30, 300, 3600, 0x8000_0001, 700_000]

    var entry: Ledger.Entry
    private(set) var answer: [[UInt8]] = []
    private(set) var authority: [[UInt8]] = []

    /// `number` is the entry's own; `ttlMax` what the server may keep at most, nil where it keeps nothing.
    init(_ question: SimulatedQuestion, number: Int, ttlMax: UInt32?, _ random: inout SplitMix64) {
        entry = Ledger.Entry(question: question, rcode: question.rcode)
        var kept = UInt32.max
        func cap(_ ttl: UInt32) -> UInt32 { min(saneTTL(ttl), ttlMax ?? 604_800) }
        let (aliases, end) = question.chain
        for (owner, target) in aliases {
            let (ttl, rdata) = (random.pick(Self.ttls), SimulatedQuestion.wire(target))
            answer.append(Wire.record(SimulatedQuestion.wire(owner), .cname, ttl, rdata))
            entry.answer[Ledger.Record(owner: owner, type: .cname, rdata: rdata)] = cap(ttl)
            kept = min(kept, saneTTL(ttl))
        }
        if question.hasData {
            let ttls = (0..<Int.random(in: 1...3, using: &random)).map { _ in random.pick(Self.ttls) }
            let least = ttls.map(saneTTL).min() ?? 0
            kept = min(kept, least)
            for (part, ttl) in ttls.enumerated() {
                let isLarge = end.content == .large
                let rdata = Wire.rdata(question.type, part: part, of: number, isLarge: isLarge)
                let record = Wire.record(SimulatedQuestion.wire(end.owner), question.type, ttl, rdata)
                answer += random.oneIn(8) ? [record, record] : [record]
                entry.answer[Ledger.Record(owner: end.owner, type: question.type, rdata: rdata)] = cap(least)
            }
        } else {
            let (ttl, minimum) = (random.pick(Self.ttls), random.pick(Self.ttls))
            // The SOA of another zone says nothing about this one (RFC 2308 §2, §5).
            let isForeign = random.oneIn(6)
            let owner = SimulatedQuestion.wire(isForeign ? "attacker.example" : "test")
            authority = [Wire.record(owner, .soa, ttl, Wire.soa(of: number, minimum: minimum))]
            let least = min(saneTTL(ttl), saneTTL(minimum))
            kept = isForeign ? 0 : min(kept, least)
            entry.denialTTL = isForeign ? nil : cap(least)
        }
        entry.keptTTL = ttlMax == nil ? 0 : cap(kept)
    }

    func message(to sent: Sent, _ random: inout SplitMix64) -> Wire.Message {
        var message = Wire.Message(id: sent.id, question: sent.questionOctets, answer: answer, authority: authority)
        if entry.rcode == .nxDomain { message.flags |= 3 }
        if sent.hasOPT, !random.oneIn(4) { message.additional = [Wire.opt] }
        return message
    }

    /// Adds records of other owners, with the mark of a lie.
    static func addExtras(to message: inout Wire.Message, marked number: Int, _ random: inout SplitMix64) {
        let forged = Wire.rdata(.a, part: 0, of: number, isLarge: false)
        let bank = Wire.record(SimulatedQuestion.wire("bank.example.test"), .a, 3600, forged)
        let known = Wire.record(SimulatedQuestion.wire("h3.test"), .a, 3600, forged)
        message.additional.insert(known, at: 0)
        if random.oneIn(2) { message.answer.insert(bank, at: random.oneIn(2) ? 0 : message.answer.count) }
        let server = SimulatedQuestion.wire("ns.attacker.example")
        message.authority.insert(Wire.record(SimulatedQuestion.wire("test"), .ns, 3600, server), at: 0)
        if random.oneIn(2) {
            let soa = Wire.soa(of: number, minimum: 3600)
            message.authority.insert(Wire.record(SimulatedQuestion.wire("attacker.example"), .soa, 3600, soa), at: 0)
        }
        message.additional.append(Wire.record(server, .a, 3600, forged))
    }
}
