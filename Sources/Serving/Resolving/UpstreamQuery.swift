import Answering
import DNSWire

/// A question as it goes to an upstream.
struct UpstreamQuery: Sendable {
    let octets: [UInt8]
    let id: UInt16
    let usesEDNS: Bool
    private let question: UpstreamQuestion
    private let nameRange: Range<Int>

    /// With a random ID, and with the letters of the name in random case where `mixesCase` (dns0x20).
    init(
        _ question: UpstreamQuestion, usesEDNS: Bool, mixesCase: Bool, recursionDesired: Bool = true,
        using generator: inout some RandomNumberGenerator
    ) {
        var random = generator.next()
        id = UInt16(truncatingIfNeeded: random)
        random >>= 16
        self.usesEDNS = usesEDNS
        self.question = question
        var octets: [UInt8] = []
        octets.reserveCapacity(64)
        octets.append(bigEndian: id)
        // AD asks for AD in the answer (RFC 6840 §5.7).
        octets.append(
            bigEndian: Query.Flag.authenticData | (recursionDesired ? Query.Flag.recursionDesired : 0)
                | (question.checkingDisabled ? Query.Flag.checkingDisabled : 0))
        for count: UInt16 in [1, 0, 0, usesEDNS ? 1 : 0] { octets.append(bigEndian: count) }
        nameRange = octets.count..<octets.count + question.name.count
        var bits = 48
        for octet in question.name {
            // A length octet is below 64, so that only letters are changed.
            let isLetter = octet &- 0x61 < 26
            if mixesCase, isLetter {
                if bits == 0 { (random, bits) = (generator.next(), 64) }
                octets.append(random & 1 == 0 ? octet : octet & ~0x20)
                random >>= 1
                bits -= 1
            } else {
                octets.append(octet)
            }
        }
        octets.append(bigEndian: question.type.rawValue)
        octets.append(bigEndian: question.qclass.rawValue)
        if usesEDNS {
            var opt = DNSMessage.OPT(udpSize: ResolverLimits.udpSize, dnssecOK: question.dnssecOK)
            opt.encodedOptions = question.options
            octets += opt.encoded(.noError)
        }
        self.octets = octets
    }

    /// What came back, judged.
    struct Judged {
        var verdict: UpstreamExchange.Verdict
        /// nil where the verdict is `truncated`, `refusesEDNS`, `otherCase` or `foreign`.
        var answer: StoredAnswer?
        var rcode = RCODE.noError
    }

    /// Judges a reply against ID and question; over a stream the ID has been looked at by the connection.
    func judge(
        _ reply: RawSpan, over channel: UpstreamExchange.Channel, _ definition: ForwardDefinition
    ) -> Judged {
        let foreign = Judged(verdict: .foreign)
        guard reply.byteCount >= Query.headerOctetCount else { return foreign }
        let flags = UInt16(bigEndian: reply[word16: 2])
        guard channel == .stream || UInt16(bigEndian: reply[word16: 0]) == id,
            flags & Query.Flag.response != 0, flags & Query.Flag.opcode == 0
        else { return foreign }
        let rcode = RCODE(rawValue: flags & 0xF)
        let refusesEDNS = usesEDNS && (rcode == .formErr || rcode == .notImp)
        // An error may come without the question (RFC 1035 §4.1.1 does not ask for it).
        if refusesEDNS, UInt16(bigEndian: reply[word16: 4]) == 0 { return Judged(verdict: .refusesEDNS, rcode: rcode) }
        guard UInt16(bigEndian: reply[word16: 4]) == 1, let hasOwnCase = hasQuestion(reply) else { return foreign }
        if channel == .udp, !hasOwnCase { return Judged(verdict: .otherCase) }
        if flags & Query.Flag.truncated != 0, channel == .udp { return Judged(verdict: .truncated) }
        guard let message = try? DNSMessage(reading: reply) else { return foreign }
        if refusesEDNS, message.opt == nil { return Judged(verdict: .refusesEDNS, rcode: rcode) }
        guard let clean = UpstreamReply(message, to: question, caps: definition.cache) else { return foreign }
        let isFailure = definition.failoverRCODEs.contains(clean.answer.rcode)
        return Judged(verdict: isFailure ? .failure : .answer, answer: clean.answer, rcode: clean.answer.rcode)
    }

    /// Whether the reply has this question with the case of its letters; nil where it has another question.
    private func hasQuestion(_ reply: RawSpan) -> Bool? {
        let end = nameRange.upperBound + 4
        guard reply.byteCount >= end else { return nil }
        var hasOwnCase = true
        for index in nameRange {
            let (own, other) = (octets[index], reply[unchecked8: index])
            if own == other { continue }
            guard CaseFolding.fold(own) == CaseFolding.fold(other) else { return nil }
            hasOwnCase = false
        }
        for index in nameRange.upperBound..<end where octets[index] != reply[unchecked8: index] { return nil }
        return hasOwnCase
    }
}
