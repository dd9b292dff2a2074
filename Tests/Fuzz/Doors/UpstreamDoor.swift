import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import ZoneFiles

@testable import Serving

/// A reply of an upstream: one octet that says what was asked and how, then the message as it comes.
///
/// What is believed goes into the cache, and is asked for by clients of several kinds at several times.
struct UpstreamDoor: Door {
    static let name = "upstream"

    private static let corefile = """
        . {
            forward . 192.0.2.53
            cache 3600 {
                success 200
                denial 200
                serve_stale 1h
                prefetch 1 1m 50%
            }
            loadbalance
        }
        """
    private static let questions: [(String, RRType)] = [
        ("www.example.com", .a), ("www.example.com", .aaaa), ("example.com", .mx), ("www.example.com", .any),
        ("_sip._udp.example.com", .srv), ("x.d.example.com", .a), ("example.com", .txt), (".", .ns),
    ]

    private let server: TestServer

    init() throws { server = try TestServer(Self.corefile) }

    func take(_ input: RawSpan) throws(Broken) {
        guard input.byteCount > 2, let group = server.answerer.state.forwards.first else { return }
        let choice = input.octet(0)
        let (text, type) = Self.questions[Int(choice & 7)]
        guard let name = try? Name(text) else { throw Broken("\(text) is no name") }
        let question = UpstreamQuestion(name: name, type: type, dnssecOK: choice & 8 != 0)
        var random = SplitMix64(seed: UInt64(choice))
        let query = UpstreamQuery(question, usesEDNS: choice & 16 != 0, mixesCase: false, using: &random)
        var reply = input.extracting(droppingFirst: 1).array
        if choice & 32 != 0 { (reply[0], reply[1]) = (UInt8(query.id >> 8), UInt8(query.id & 0xFF)) }
        let channel: UpstreamExchange.Channel = choice & 64 != 0 ? .stream : .udp
        let judged = query.judge(reply.rawSpan, over: channel, group.definition)
        guard let answer = judged.answer else { return }
        // RDATA of types that this server does not know is passed on as it is: then libldns is no judge of what follows.
        guard (try? LDNSMessage(reply)) != nil else { return }
        try require(channel == .stream || (reply[0], reply[1]) == Self.octets(query.id), "another ID is believed")
        group.cache.store(answer, for: question, now: server.now)
        let asked = QueryOctets(text == "." ? "" : text, type, edns: question.dnssecOK ? .init(dnssecOK: true) : nil)
        try ask(asked, group, FoundAnswer(group: group, question: question, answer: answer), after: 0)
        // From the cache alone: in the midst of its life, at its end, stale.
        for seconds in [UInt64(answer.ttl) / 2, UInt64(answer.ttl), UInt64(answer.ttl) + 60] {
            try ask(asked, group, nil, after: seconds)
        }
        group.cache.removeAll()
    }

    private static func octets(_ id: UInt16) -> (UInt8, UInt8) { (UInt8(id >> 8), UInt8(id & 0xFF)) }

    private func ask(
        _ query: QueryOctets, _ group: ForwardGroup, _ found: FoundAnswer?, after seconds: UInt64
    ) throws(Broken) {
        for transport in [QueryTransport.udp, .tcp] {
            server.answerer.now = server.now &+ seconds &* 1_000_000_000
            server.answerer.found = found.map { [$0] } ?? []
            server.answerer.patience = .isOver
            let octets = query.octets
            let client = QueryClient(transport: transport, address: IPAddress(ipv4: 0xC000_0201), port: 4711)
            var buffer = [UInt8](repeating: 0xEE, count: transport == .tcp ? 65_535 : 4096)
            var out = buffer.mutableSpan
            // SAFETY: octets have no padding, so any may be read and written.
            let count = unsafe server.answerer.answer(octets.rawSpan, from: client, into: out.mutableBytes)
            let reply = Array(buffer[..<count])
            guard let message = try ReplyJudge.judge(reply, to: octets.rawSpan, isTCP: transport == .tcp) else {
                throw Broken("silence")
            }
            try judge(message, query)
        }
    }

    /// Only what was asked for: from QNAME along aliases, nothing additional, a TTL of a week at most.
    private func judge(_ message: LDNSMessage, _ query: QueryOctets) throws(Broken) {
        try require(message.additional.isEmpty, "additional records of an upstream are passed on")
        try require(!message.flags.contains(.aa), "the answer of an upstream is said to be our own")
        var owners: Set<String> = []
        if let asked = message.question.first?.split(separator: " ").first { owners.insert(asked.lowercased()) }
        for line in message.answer {
            let words = line.split(separator: " ").map { $0.lowercased() }
            guard words.count >= 4 else { throw Broken("a line of libldns: \(line)") }
            try require(words[3] == "dname" || words[3] == "rrsig" || owners.contains(words[0]), "not asked: \(line)")
            try require((Int(words[1]) ?? .max) <= 604_800, "a TTL above a week: \(line)")
            if words[3] == "cname", words.count > 4 { owners.insert(words[4]) }
        }
    }
}
