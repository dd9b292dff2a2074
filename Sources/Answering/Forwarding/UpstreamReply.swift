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
    /// Nil where the message is no answer to the question: another name, type or class, several questions. Aliases
    /// without end, and more records than a message holds, become SERVFAIL: a part of them would be another answer.
    /// `caps` gives the most and the least seconds an answer is kept, for answers and denials.
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
        let whole = StoredAnswer(clean, ttl: ttl)
        let trouble = chain.isCut ? "too many aliases" : whole.fitsAMessage ? nil : "too many records"
        guard let trouble else {
            answer = whole
            return
        }
        let error = ExtendedError(ExtendedError.Code.invalidData, trouble)
        answer = StoredAnswer(
            DNSMessage(rcode: .servFail, questions: clean.questions), ttl: 0, extendedError: error)
    }

    /// Limits TTLs, and returns how long the whole may be kept: 0 for a denial without SOA (RFC 2308 §5).
    private static func cap(_ message: inout DNSMessage, isDenial: Bool, _ caps: CacheSettings) -> UInt32 {
        let soa = message.authority.first { $0.type == .soa }
        let limits = isDenial ? caps.denial : caps.success
        var ttl = ttlMax
        for record in message.answer { ttl = min(ttl, sane(record.ttl)) }
        // Without an SOA a denial is not kept, but the aliases before it are passed on.
        if isDenial { ttl = soa.map { min(ttl, sane($0.ttl), minimum(of: $0)) } ?? 0 }
        let kept = min(max(ttl, limits.minimumTTL), limits.maximumTTL)
        for index in message.answer.indices {
            message.answer[index].ttl = capped(message.answer[index].ttl, limits)
        }
        for index in message.authority.indices {
            let own = isDenial ? min(message.authority[index].ttl, ttl) : message.authority[index].ttl
            message.authority[index].ttl = capped(own, limits)
        }
        return isDenial && soa == nil ? 0 : kept
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
    ///
    /// Takes time in proportion to the records: a message of 64 KiB holds thousands.
    private static func uniform(_ records: [DNSMessage.Record]) -> [DNSMessage.Record] {
        guard records.count > 1 else { return records }
        var ttls: [RRsetKey: UInt32] = [:]
        var seen: Set<RecordKey> = []
        let unique = records.filter { record in
            let set = RRsetKey(owner: record.owner.folded, type: record.type)
            ttls[set] = min(ttls[set] ?? .max, sane(record.ttl))
            return seen.insert(RecordKey(set: set, rdata: record.rdata)).inserted
        }
        return unique.map { record in
            var record = record
            record.ttl = ttls[RRsetKey(owner: record.owner.folded, type: record.type)] ?? record.ttl
            return record
        }
    }

    private struct RRsetKey: Hashable {
        var owner: Name
        var type: RRType
    }

    private struct RecordKey: Hashable {
        var set: RRsetKey
        var rdata: [UInt8]
    }
}

/// Walks from QNAME along CNAMEs, and keeps what lies on the way.
private struct Chain {
    private(set) var name: Name
    private(set) var records: [DNSMessage.Record] = []
    /// Whether records of the type asked were found at the end.
    private(set) var hasData = false
    /// Whether there were more links than are followed.
    private(set) var isCut = false
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
        isCut = true
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
