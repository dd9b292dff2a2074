package import DNSWire

/// What an upstream sent, judged against the question that was asked.
package struct UpstreamReply: Sendable {
    /// Links of a chain of CNAMEs that are followed inside one reply.
    private static let chainCountMax = 16
    /// A week (RFC 8767 §4 advises that as the most a TTL may say).
    private static let ttlMax: UInt32 = 604_800

    package let answer: StoredAnswer

    /// Keeps what answers `question` and drops the rest: other owners, other bailiwicks, additional records.
    ///
    /// Nil where the message is no answer to the question: another name, type or class, several questions. `caps` gives
    /// the most and the least seconds an answer is kept, for answers and denials.
    package init?(_ message: DNSMessage, to question: UpstreamQuestion, caps: CacheSettings) {
        guard let asked = message.questions.first, message.questions.count == 1, asked.type == question.type,
            asked.qclass == question.qclass, asked.name.folded.wire == question.name
        else { return nil }
        var chain = Chain(asked, message.answer)
        chain.follow(limit: Self.chainCountMax)
        var clean = DNSMessage(
            flags: message.flags & Query.Flag.authenticData, rcode: message.rcode,
            questions: [DNSMessage.Question(name: asked.name.folded, type: asked.type, qclass: asked.qclass)])
        clean.answer = Self.uniform(chain.records)
        let isDenial = message.rcode == .nxDomain || !chain.hasData
        clean.authority = Self.uniform(
            Self.authority(message.authority, of: chain.name, isDenial: isDenial, question.dnssecOK))
        guard message.rcode == .noError || message.rcode == .nxDomain else {
            clean.answer = []
            clean.authority = []
            answer = StoredAnswer(clean, ttl: 0)
            return
        }
        let ttl = Self.cap(&clean, isDenial: isDenial, caps)
        answer = StoredAnswer(clean, ttl: ttl)
    }

    /// Limits TTLs, and returns how long the whole may be kept: 0 for a denial without SOA (RFC 2308 §5).
    private static func cap(_ message: inout DNSMessage, isDenial: Bool, _ caps: CacheSettings) -> UInt32 {
        let soa = message.authority.first { $0.type == .soa }
        var ttl = ttlMax
        for record in message.answer { ttl = min(ttl, sane(record.ttl)) }
        if isDenial {
            guard let soa else { return 0 }
            ttl = min(ttl, sane(soa.ttl), minimum(of: soa))
        }
        let limits = isDenial ? caps.denial : caps.success
        let kept = min(max(ttl, limits.minimumTTL), limits.maximumTTL)
        for index in message.answer.indices {
            message.answer[index].ttl = capped(message.answer[index].ttl, limits)
        }
        for index in message.authority.indices {
            let own = isDenial ? min(message.authority[index].ttl, ttl) : message.authority[index].ttl
            message.authority[index].ttl = capped(own, limits)
        }
        return kept
    }

    private static func capped(_ ttl: UInt32, _ limits: CacheSettings.Limits) -> UInt32 {
        min(max(sane(ttl), limits.minimumTTL), limits.maximumTTL)
    }

    /// A TTL with its first bit set means 0 (RFC 2181 §8).
    private static func sane(_ ttl: UInt32) -> UInt32 { ttl > UInt32(Int32.max) ? 0 : min(ttl, ttlMax) }

    /// The last field of the RDATA.
    private static func minimum(of soa: DNSMessage.Record) -> UInt32 {
        guard soa.rdata.count >= 4 else { return 0 }
        return sane((try? soa.rdata.rawSpan.uint32(at: soa.rdata.count - 4)) ?? 0)
    }

    /// The SOA of a denial; with DO also what proves it, or that a wildcard was right to answer.
    private static func authority(
        _ records: [DNSMessage.Record], of name: Name, isDenial: Bool, _ dnssecOK: Bool
    ) -> [DNSMessage.Record] {
        let zone = records.first { $0.type == .soa && name.isAtOrBelow($0.owner) }?.owner
        return records.filter { record in
            guard record.qclass == .internet else { return false }
            switch record.type {
            case .soa: return isDenial && record.owner == zone
            case .nsec, .nsec3, .rrsig: return dnssecOK && (zone.map { record.owner.isAtOrBelow($0) } ?? true)
            default: return false
            }
        }
    }

    /// Gives all records of an RRset the least TTL among them (RFC 2181 §5.2), and drops second copies.
    private static func uniform(_ records: [DNSMessage.Record]) -> [DNSMessage.Record] {
        guard records.count > 1 else { return records }
        var unique: [DNSMessage.Record] = []
        for record in records
        where !unique.contains(where: { $0.type == record.type && $0.rdata == record.rdata && $0.owner == record.owner }
        ) {
            unique.append(record)
            guard unique.count < recordCountMax else { break }
        }
        for index in unique.indices {
            let own = unique[index]
            let set = unique.filter { $0.type == own.type && $0.owner == own.owner }
            unique[index].ttl = set.map { sane($0.ttl) }.min() ?? own.ttl
        }
        return unique
    }

    /// Records of one section that are kept: a message of 64 KiB cannot hold many more that mean anything.
    private static let recordCountMax = 1000
}

/// Walks from QNAME along CNAMEs, and keeps what lies on the way.
private struct Chain {
    private(set) var name: Name
    private(set) var records: [DNSMessage.Record] = []
    /// Whether records of the type asked were found at the end.
    private(set) var hasData = false
    private let question: DNSMessage.Question
    private let answer: [DNSMessage.Record]

    init(_ question: DNSMessage.Question, _ answer: [DNSMessage.Record]) {
        name = question.name
        self.question = question
        self.answer = answer.filter { $0.qclass == question.qclass }
    }

    mutating func follow(limit: Int) {
        for _ in 0..<limit {
            let own = answer.filter { $0.owner == name }
            let data = own.filter { $0.type == question.type || question.type == .any }
            if !data.isEmpty {
                records += data + signatures(own, of: question.type)
                hasData = true
                return
            }
            if let cname = own.first(where: { $0.type == .cname }), let target = target(of: cname) {
                records += synthesis(of: name) + [cname] + signatures(own, of: .cname)
                name = target
                continue
            }
            return
        }
    }

    private func signatures(_ own: [DNSMessage.Record], of type: RRType) -> [DNSMessage.Record] {
        // The type that a signature covers is its first field (RFC 4034 §3.1).
        own.filter { record in
            record.type == .rrsig && question.type != .any && record.rdata.count > 2
                && (try? record.rdata.rawSpan.uint16(at: 0)) == type.rawValue
        }
    }

    /// The DNAME that a CNAME came from (RFC 6672 §3.3).
    private func synthesis(of name: Name) -> [DNSMessage.Record] {
        answer.filter { $0.type == .dname && $0.owner != name && name.isAtOrBelow($0.owner) }.prefix(1).flatMap {
            dname in
            [dname] + signatures(answer.filter { $0.owner == dname.owner }, of: .dname)
        }
    }

    private func target(of cname: DNSMessage.Record) -> Name? {
        var at = 0
        return try? Name(reading: cname.rdata.rawSpan, at: &at)
    }
}
