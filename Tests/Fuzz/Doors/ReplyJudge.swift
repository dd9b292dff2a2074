import ZoneFiles

/// What every reply must be, whatever was asked: looked at by a walk of its own over the query, and by libldns.
enum ReplyJudge {
    private static let opt = 41
    /// The most that a server gives over UDP by itself, whatever it is offered.
    static let udpOctetCountMax = 1232

    /// Throws unless the reply to `query` can be read by libldns, goes with its query and is no larger than it may be.
    static func judge(_ reply: [UInt8], to query: RawSpan, isTCP: Bool, octetCountMax: Int = udpOctetCountMax)
        throws(Broken) -> LDNSMessage?
    {
        let isAnswerable = query.byteCount >= 12 && query.octet(2) & 0x80 == 0
        guard !reply.isEmpty else { return nil }
        try require(isAnswerable, "a reply to what is no query")
        try require(reply.count >= 12, "a reply of \(reply.count) octets")
        try require(reply[0] == query.octet(0) && reply[1] == query.octet(1), "another ID")
        try require(reply[2] & 0xF8 == 0x80 | query.octet(2) & 0x78, "QR or opcode \(reply[2])")
        let walk = QueryWalk(query)
        let limit = isTCP ? 65_535 : walk.offered.map { min(octetCountMax, max(512, $0)) } ?? 512
        try require(reply.count <= limit, "\(reply.count) octets where \(limit) are allowed")
        let message = try read(reply)
        try require(message.octetCount == reply.count, "octets behind the last record")
        if reply[4] == 0 && reply[5] == 0 {
            try require(message.rcode == 1 || message.rcode == 4, "no question, and RCODE \(message.rcode)")
            try require(reply.count == 12, "records without a question")
        } else {
            try require(reply[4] == 0 && reply[5] == 1, "several questions")
            try require(message.flags.contains(.rd) == (query.octet(2) & 1 == 1), "another RD")
            let end = walk.questionEnd ?? 0
            try require(end > 12 && end <= reply.count, "a question that the query has not")
            for index in 12..<end where reply[index] != query.octet(index) {
                throw Broken("octet \(index) of the question is another")
            }
            try require(message.edns == nil || walk.offered != nil, "OPT where none was sent")
        }
        return message
    }

    static func read(_ octets: [UInt8]) throws(Broken) -> LDNSMessage {
        do throws(LDNSError) {
            return try LDNSMessage(octets)
        } catch {
            throw Broken("libldns refuses the reply: \(error)")
        }
    }

    /// How far a query can be read, and what it says of its sender; follows no pointer.
    private struct QueryWalk {
        /// Where the question ends, if it has a name without pointers.
        var questionEnd: Int?
        /// The payload size of the first OPT record among the additional ones, as far as they can be read.
        var offered: Int?

        init(_ query: RawSpan) {
            guard query.byteCount >= 12, let name = Self.nameEnd(query, 12), name + 4 <= query.byteCount else { return }
            questionEnd = name + 4
            var at = name + 4
            let others = Self.word(query, 6) + Self.word(query, 8)
            for index in 0..<others + Self.word(query, 10) {
                guard let end = Self.nameEnd(query, at), end + 10 <= query.byteCount else { return }
                if index >= others, Self.word(query, end) == ReplyJudge.opt {
                    offered = Self.word(query, end + 2)
                    return
                }
                at = end + 10 + Self.word(query, end + 8)
            }
        }

        private static func word(_ query: RawSpan, _ at: Int) -> Int {
            Int(query.octet(at)) << 8 | Int(query.octet(at + 1))
        }

        private static func nameEnd(_ query: RawSpan, _ start: Int) -> Int? {
            var at = start
            while at < query.byteCount {
                let length = Int(query.octet(at))
                if length == 0 { return at + 1 }
                if length >= 0xC0 { return at + 2 <= query.byteCount ? at + 2 : nil }
                if length > 63 { return nil }
                at += 1 + length
            }
            return nil
        }
    }
}
