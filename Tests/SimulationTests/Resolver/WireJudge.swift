import Answering
import DNSWire
import Serving

/// What must hold of the messages that leave for upstreams.
struct WireJudge {
    private struct Exchange {
        var question: UpstreamQuestion
        var sentCount = 0
        /// The upstreams that were down when it began.
        var down: Set<Int>
    }

    /// Messages for one question (robustness facts 41, 43).
    private static let sentCountMax = 10

    private(set) var failure: String?
    private(set) var sentCount = 0
    private(set) var openPlaces: Set<LanePlace> = []
    private let options: ServerOptions
    private var exchanges: [UInt64: Exchange] = [:]
    private var byQuestion: [UpstreamQuestion: UInt64] = [:]
    /// When each upstream was last probed.
    private var probes: [Int: Duration] = [:]

    init(options: ServerOptions) { self.options = options }

    private mutating func fail(_ sentence: String) { failure = failure ?? sentence }

    /// A message is about to go out; `isOver` says whether an exchange has ended.
    mutating func begins(
        _ sent: Sent, _ question: UpstreamQuestion, down: Set<Int>, now: Duration, isOver: (UInt64) -> Bool
    ) {
        guard exchanges[sent.exchange] == nil else { return }
        exchanges[sent.exchange] = Exchange(question: question, down: down)
        if sent.question == nil { judgeProbe(sent.upstream, now) } else { judgeOther(sent.exchange, question, isOver) }
    }

    /// A message goes out.
    mutating func sent(_ sent: Sent, _ question: UpstreamQuestion) {
        sentCount += 1
        exchanges[sent.exchange]?.sentCount += 1
        guard let exchange = exchanges[sent.exchange] else { return }
        if exchange.sentCount > Self.sentCountMax { fail("\(exchange.sentCount) messages for one question") }
        if exchange.question != question { fail("an exchange asks two questions") }
        if sent.question != nil, exchange.down.contains(sent.upstream) {
            fail("upstream \(sent.upstream) is down, and a question began to be asked of it")
        }
        judgeOctets(sent, question)
    }

    /// A lone question for each at a time.
    private mutating func judgeOther(_ id: UInt64, _ question: UpstreamQuestion, _ isOver: (UInt64) -> Bool) {
        if let other = byQuestion[question], !isOver(other) { fail("\(question.text) is asked twice at once") }
        byQuestion[question] = id
    }

    /// At most two a second, by the interval that is set (robustness fact 41).
    private mutating func judgeProbe(_ upstream: Int, _ now: Duration) {
        if let last = probes[upstream], now - last < .milliseconds(options.probeMilliseconds) {
            fail("upstream \(upstream) is probed again after \(now - last)")
        }
        probes[upstream] = now
    }

    private mutating func judgeOctets(_ sent: Sent, _ question: UpstreamQuestion) {
        let own = sent.questionOctets
        let folded = own.dropLast(4).map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        let hasCD = sent.octets[3] & 0x10 != 0
        let hasDO = sent.hasOPT && sent.octets[sent.octets.count - 4] & 0x80 != 0
        if folded != question.name || own[own.count - 3] != UInt8(question.type.rawValue & 0xFF)
            || hasCD != question.checkingDisabled || sent.hasOPT && hasDO != question.dnssecOK
        {
            fail("what was sent is not what is asked: \(hex(sent.octets))")
        }
    }

    /// The server's clock has moved more than ours.
    mutating func jumped() { probes = [:] }

    mutating func opened(_ place: LanePlace) { openPlaces.insert(place) }

    mutating func closed(_ place: LanePlace) {
        if openPlaces.remove(place) == nil { fail("a port is given back twice") }
    }
}
