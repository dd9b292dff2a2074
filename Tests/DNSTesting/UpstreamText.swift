package import Answering
package import DNSWire
import NetworkAddress

/// Messages of upstreams, from lines of text: `www.example.com 60 A 192.0.2.1`, `SOA` lines with a minimum alone.
package enum UpstreamText {
    /// A reply to `question` with these answers and this authority section.
    package static func reply(
        to question: UpstreamQuestion, rcode: RCODE = .noError, _ answer: [String] = [], authority: [String] = [],
        flags: UInt16 = 0
    ) -> DNSMessage {
        var at = 0
        let name = (try? Name(reading: question.name.rawSpan, at: &at)) ?? .root
        var message = DNSMessage(
            flags: flags, rcode: rcode, questions: [.init(name: name, type: question.type, qclass: question.qclass)])
        message.answer = answer.compactMap(record)
        message.authority = authority.compactMap(record)
        return message
    }

    /// `owner TTL TYPE RDATA`; of RDATA are known: addresses, a name, `preference name`, and for SOA the minimum.
    package static func record(_ line: String) -> DNSMessage.Record? {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 4, let owner = try? Name(words[0]), let ttl = UInt32(words[1]),
            let type = RRType(mnemonic: words[2])
        else { return nil }
        return rdata(type, Array(words[3...])).map { DNSMessage.Record(owner: owner, type: type, ttl: ttl, rdata: $0) }
    }

    private static func rdata(_ type: RRType, _ words: [String]) -> [UInt8]? {
        switch type {
        case .a, .aaaa: IPAddress(words[0])?.octets
        case .cname, .ns, .ptr, .dname: try? Name(words[0]).wire
        case .mx:
            UInt16(words[0]).flatMap { preference in
                words.count > 1 ? (try? Name(words[1])).map { big(preference) + $0.wire } : nil
            }
        case .soa:
            UInt32(words[0]).map { minimum in
                RDATA.soa(
                    mname: [2, 0x6E, 0x73, 0], rname: [0], serial: 1, refresh: 2, retry: 3, expire: 4, minimum: minimum)
            }
        default: RDATA.txt(words.joined(separator: " "))
        }
    }
}
