import Answering
import DNSTesting
import DNSWire
import NetworkAddress
import ZoneFiles

/// All names that upstreams know, as text.
///
///     www.example. 60 A 192.0.2.1
///     alias.example. 60 CNAME www.example.
///     . 30 SOA
///
/// A name without the type asked has no data, a name without lines does not exist; `SOA` gives the TTL of such denials.
struct UpstreamTable {
    struct Unreadable: Error { var line: String }

    private var records: [DNSMessage.Record] = []
    private var denialTTL: UInt32 = 60

    init(_ text: String) throws {
        for line in text.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, let ttl = UInt32(words[1]), let type = RRType(mnemonic: words[2]) else {
                throw Unreadable(line: String(line))
            }
            if type == .soa {
                denialTTL = ttl
                continue
            }
            let rdata =
                switch type {
                case .a, .aaaa: IPAddress(words[3])?.octets ?? []
                default: try Name(words[3]).wire
                }
            records.append(.init(owner: try Name(words[0]), type: type, ttl: ttl, rdata: rdata))
        }
    }

    /// What an upstream says.
    func answer(_ question: UpstreamQuestion) -> DNSMessage {
        var at = 0
        let name = (try? Name(reading: question.name.rawSpan, at: &at)) ?? .root
        var message = DNSMessage(flags: Query.Flag.response, questions: [.init(name: name, type: question.type)])
        var owner = name
        while let cname = records.first(where: { $0.owner == owner && $0.type == .cname }), question.type != .cname {
            message.answer.append(cname)
            var start = 0
            owner = (try? Name(reading: cname.rdata.rawSpan, at: &start)) ?? .root
        }
        let data = records.filter { $0.owner == owner && $0.type == question.type }
        message.answer += data
        if data.isEmpty {
            message.rcode = records.contains { $0.owner == owner } ? .noError : .nxDomain
            let rdata = RDATA.soa(
                mname: [0], rname: [0], serial: 1, refresh: 1, retry: 1, expire: 1, minimum: denialTTL)
            message.authority = [.init(owner: .root, type: .soa, ttl: denialTTL, rdata: rdata)]
        }
        return message
    }

    /// Asks `server` with these upstreams behind it.
    func ask(_ server: TestServer, _ name: String, _ type: RRType, edns: QueryOctets.OPT? = nil) throws -> Reply {
        server.upstream = answer
        return try server.ask(name, type, edns: edns)
    }
}
