/// What is wrong, by the first label of the name asked.
///
/// A label is `KIND` or `KIND-NUMBER`; any other one is answered right.
///
/// Every false reply holds the address `203.0.113.66`, so a client that is given it was given poison.
enum Kind: String, CaseIterable, Sendable {
    // A false reply over UDP; TCP is right. With the second label `then` the right reply follows after 30 ms.
    case id, question, type, `class`, letters, query, opcode, two, none, garbage, short, port, address
    /// NUMBER false IDs (100), all different.
    case flood

    // Over UDP the TC bit alone; over TCP what the name says.
    case tc, tcdata, close, half, drip, tcpid, big

    // The same over both, and the right content of an answer.
    case late, silent, udpsilent, ttl, dup, wide, ednsformerr
    // No answer.
    case rcode, refused, servfail, notimp, formerr, nx, nxproven, nxnosoa, nodata, nodatanosoa
    // An answer with strange content.
    case loop, `self`, chain, poison, poisoncname

    /// One line of `--help` each, in the order above.
    var help: String {
        switch self {
        case .id: "the ID is another one"
        case .question: "the question is about another name"
        case .type: "the question is about another type"
        case .class: "the question is of another class"
        case .letters: "every letter of the name has the other case"
        case .query: "QR is 0"
        case .opcode: "the opcode is NOTIFY"
        case .two: "two questions"
        case .none: "no question"
        case .garbage: "the right ID and 100 octets of nonsense"
        case .short: "five octets"
        case .port: "from another port"
        case .address: "from another address"
        case .flood: "NUMBER (100) replies with IDs that are all wrong"
        case .tc: "TC over UDP, right over TCP"
        case .tcdata: "TC and a false record over UDP, right over TCP"
        case .close: "TC over UDP, TCP closed without a reply"
        case .half: "TC over UDP, over TCP half a reply and the end"
        case .drip: "TC over UDP, over TCP one octet each NUMBER (10) ms"
        case .tcpid: "TC over UDP, over TCP a reply with another ID"
        case .big: "TC over UDP, over TCP 65,535 octets or just less of addresses"
        case .late: "right after NUMBER (300) ms"
        case .silent: "nothing"
        case .udpsilent: "nothing over UDP, right over TCP"
        case .ttl: "right, with a TTL of NUMBER (0)"
        case .dup: "NUMBER (3) copies of the right reply"
        case .wide: "right, with NUMBER (2000) octets of other records, whatever size was asked for"
        case .ednsformerr: "FORMERR to a query with OPT, right without"
        case .rcode: "RCODE NUMBER (9)"
        case .refused: "REFUSED"
        case .servfail: "SERVFAIL"
        case .notimp: "NOTIMP"
        case .formerr: "FORMERR"
        case .nx: "NXDOMAIN, with a SOA record whose TTL and MINIMUM are NUMBER (60)"
        case .nxproven: "the same with AD"
        case .nxnosoa: "NXDOMAIN without a SOA record"
        case .nodata: "no data, with a SOA record whose TTL and MINIMUM are NUMBER (60)"
        case .nodatanosoa: "no data, without a SOA record"
        case .loop: "two CNAME records that point to each other"
        case .self: "a CNAME record that points to itself"
        case .chain: "NUMBER (10) CNAME records and an address"
        case .poison: "right, with records of www.victim.test and its servers added everywhere"
        case .poisoncname: "a CNAME record to www.victim.test, and a false address for that"
        }
    }

    var isFalseOverUDP: Bool {
        switch self {
        case .id, .question, .type, .class, .letters, .query, .opcode, .two, .none, .garbage, .short, .port, .address,
            .flood:
            true
        default: false
        }
    }

    var isTruncatedOverUDP: Bool {
        switch self {
        case .tc, .tcdata, .close, .half, .drip, .tcpid, .big: true
        default: false
        }
    }
}

/// A kind with its number, and whether the right reply comes after the false one.
struct Behaviour: Sendable {
    var kind: Kind?
    var number: Int?
    var thenRight = false

    /// Reads `KIND`, `KIND-NUMBER`; anything else is right.
    init(label: String, next: String? = nil) {
        let parts = label.split(separator: "-", maxSplits: 1)
        let number = parts.count == 2 ? Int(parts[1]) : nil
        guard let first = parts.first, parts.count == 1 || number != nil, let kind = Kind(rawValue: String(first))
        else {
            return
        }
        self.kind = kind
        self.number = number
        thenRight = next == "then"
    }
}
