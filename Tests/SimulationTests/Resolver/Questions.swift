import Answering
import DNSTesting
import DNSWire

/// A question of a history: one of a few names, so that questions meet.
struct SimulatedQuestion: Hashable {
    enum Content: Hashable {
        case host
        /// A CNAME of another name.
        case alias(String)
        /// NXDOMAIN.
        case missing
        /// NODATA.
        case empty
        /// TXT of more octets than UDP carries.
        case large
    }

    static let names: [(text: String, content: Content)] = [
        ("host-number-one.example.test", .host), ("host-number-two.example.test", .host), ("h3.test", .host),
        ("4.test", .host), ("alias.example.test", .alias("host-number-one.example.test")),
        ("second-alias.example.test", .alias("alias.example.test")), ("lost-alias.test", .alias("none.test")),
        ("none.test", .missing), ("empty.test", .empty), ("large.test", .large),
    ]
    static let types: [RRType] = [.a, .aaaa, .txt]

    var place: Int
    var type: RRType
    var dnssecOK = false
    var checkingDisabled = false

    var text: String { Self.names[place].text }
    var content: Content { Self.names[place].content }

    /// What is behind all aliases: their names in order, then the last name's content.
    var chain: (aliases: [(owner: String, target: String)], end: (owner: String, content: Content)) {
        var (aliases, owner, content) = ([(owner: String, target: String)](), text, content)
        while case .alias(let target) = content {
            aliases.append((owner, target))
            (owner, content) = (target, Self.content(of: target))
        }
        return (aliases, (owner, content))
    }

    private static func content(of name: String) -> Content { names.first { $0.text == name }?.content ?? .missing }

    /// Whether the name and type at the end have records.
    var hasData: Bool {
        switch chain.end.content {
        case .host, .alias: true
        case .large: type == .txt
        case .missing, .empty: false
        }
    }

    var rcode: RCODE { chain.end.content == .missing ? .nxDomain : .noError }

    static func random(_ random: inout SplitMix64) -> SimulatedQuestion {
        let place = Int.random(in: 0..<names.count, using: &random)
        let type = random.pick(names[place].content == .large ? [.txt] : types)
        return SimulatedQuestion(
            place: place, type: type, dnssecOK: random.oneIn(6), checkingDisabled: random.oneIn(10))
    }

    /// The question of an exchange; nil for one that no client can have asked.
    init?(_ question: UpstreamQuestion) {
        let text = question.text
        guard let place = Self.names.firstIndex(where: { text == $0.text + "." || text == $0.text }) else { return nil }
        self.init(
            place: place, type: question.type, dnssecOK: question.dnssecOK,
            checkingDisabled: question.checkingDisabled)
    }

    init(place: Int, type: RRType, dnssecOK: Bool = false, checkingDisabled: Bool = false) {
        self.place = place
        self.type = type
        self.dnssecOK = dnssecOK
        self.checkingDisabled = checkingDisabled
    }

    var description: String {
        "\(text) \(type.rawValue)\(dnssecOK ? " DO" : "")\(checkingDisabled ? " CD" : "")"
    }

    /// The name in wire form, its letters in random case.
    func wireName(_ random: inout SplitMix64) -> [UInt8] {
        let bits = random.next()
        return Self.wire(text).enumerated().map { index, octet in
            octet >= 0x61 && octet <= 0x7A && bits >> UInt64(index & 63) & 1 == 1 ? octet & ~0x20 : octet
        }
    }

    /// `text` in wire form; nothing in it is escaped.
    static func wire(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}
