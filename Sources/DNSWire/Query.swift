/// A query as one pass over its octets leaves it; reused for every query of a worker, and without heap memory.
public struct Query: ~Copyable, Sendable {
    /// What must happen to a message after parsing.
    public enum Verdict: Hashable, Sendable {
        /// Ask the zones.
        case answer
        /// Not a query, or too short to have an ID: silence (RFC 1035 §7.3; an answer could start a loop).
        case ignore
        /// There is no question, but a cookie: its answer is all that is wanted (RFC 7873 §5.4).
        case exchangeCookie
        /// Reply with this RCODE and nothing else but, where it was readable, the question.
        case refuse(RCODE)
    }

    /// Masks of the second header word (RFC 1035 §4.1.1, RFC 4035 §3).
    public enum Flag {
        public static let response: UInt16 = 0x8000
        public static let opcode: UInt16 = 0x7800
        public static let authoritative: UInt16 = 0x0400
        public static let truncated: UInt16 = 0x0200
        public static let recursionDesired: UInt16 = 0x0100
        public static let recursionAvailable: UInt16 = 0x0080
        public static let authenticData: UInt16 = 0x0020
        public static let checkingDisabled: UInt16 = 0x0010
    }

    public static let headerOctetCount = 12

    public private(set) var id: UInt16 = 0
    /// The second header word: QR, OPCODE, AA, TC, RD, RA, Z, AD, CD, RCODE.
    public private(set) var flags: UInt16 = 0
    public var qtype = RRType(rawValue: 0)
    public var qclass = RRClass(rawValue: 0)
    /// The name to look up: QNAME at first, later the target of each CNAME that is followed.
    public var name = FoldedName()
    /// The length of QNAME with QTYPE and QCLASS; 0 while no question was readable.
    public internal(set) var questionOctetCount = 0
    public var edns = EDNS()
    /// Where the message's signature starts, its last record (RFC 8945); 0 for none.
    public private(set) var signatureOffset = 0
    /// Of a question for IXFR, the version that the client has (RFC 1995 §3).
    public private(set) var soaSerial: UInt32?
    /// Options to add to the question when it is asked of upstreams, in wire form (`rewrite edns0`).
    public var upstreamOptions: [UInt8] = []

    public init() {}

    public var opcode: UInt8 { UInt8(truncatingIfNeeded: (flags & Flag.opcode) >> 11) }
    public var recursionDesired: Bool { flags & Flag.recursionDesired != 0 }
    public var checkingDisabled: Bool { flags & Flag.checkingDisabled != 0 }
    /// The client understands the AD bit of a response (RFC 6840 §5.7).
    public var wantsAuthenticData: Bool { flags & Flag.authenticData != 0 || edns.dnssecOK }

    /// Reads header, question and OPT; the rest of the message is walked but not kept.
    ///
    /// QDCOUNT other than 1 (but 0 beside a cookie), a cut or malformed record, two OPT or a TSIG that is not the last
    /// record give FORMERR; opcodes other than QUERY NOTIMP; an EDNS version over 0 BADVERS. Octets past the last record are ignored.
    public mutating func parse(_ message: RawSpan) -> Verdict {
        questionOctetCount = 0
        (qtype, qclass) = (RRType(rawValue: 0), RRClass(rawValue: 0))
        edns = EDNS()
        (signatureOffset, soaSerial) = (0, nil)
        if !upstreamOptions.isEmpty { upstreamOptions = [] }
        guard message.byteCount >= Self.headerOctetCount else { return .ignore }
        id = UInt16(bigEndian: message[word16: 0])
        flags = UInt16(bigEndian: message[word16: 2])
        guard flags & Flag.response == 0 else { return .ignore }
        guard flags & Flag.opcode == 0 else { return .refuse(.notImp) }
        guard UInt16(bigEndian: message[word16: 4]) == 1 else { return parseQuestionless(message) }
        do throws(WireError) {
            let end = try readQuestion(message)
            try readRecords(message, from: end)
        } catch {
            return .refuse(.formErr)
        }
        return edns.version > 0 ? .refuse(.badVers) : .answer
    }

    /// Reads question and records of a message whose opcode `parse` has refused; false where it is malformed.
    public mutating func parseNotify(_ message: RawSpan) -> Bool {
        guard UInt16(bigEndian: message[word16: 4]) == 1 else { return false }
        do throws(WireError) {
            try readRecords(message, from: try readQuestion(message))
            return true
        } catch {
            return false
        }
    }

    private mutating func parseQuestionless(_ message: RawSpan) -> Verdict {
        guard UInt16(bigEndian: message[word16: 4]) == 0 else { return .refuse(.formErr) }
        do throws(WireError) {
            try readRecords(message, from: Self.headerOctetCount)
            if edns.hasCookie, edns.version == 0 { return .exchangeCookie }
        } catch {
            // As below.
        }
        edns = EDNS()
        return .refuse(.formErr)
    }

    @discardableResult
    private mutating func readQuestion(_ message: RawSpan) throws(WireError) -> Int {
        let end = try name.read(from: message, at: Self.headerOctetCount)
        qtype = RRType(rawValue: try message.uint16(at: end))
        qclass = RRClass(rawValue: try message.uint16(at: end + 2))
        questionOctetCount = end + 4 - Self.headerOctetCount
        return end + 4
    }

    /// Makes the question that was asked the one of this query again; `message` is the one that was parsed.
    public mutating func restoreQuestion(from message: RawSpan) {
        // It was read before.
        _ = try? readQuestion(message)
    }

    private mutating func readRecords(_ message: RawSpan, from start: Int) throws(WireError) {
        let others = Int(UInt16(bigEndian: message[word16: 6])) + Int(UInt16(bigEndian: message[word16: 8]))
        let additional = Int(UInt16(bigEndian: message[word16: 10]))
        var at = start
        // Each turn consumes at least 11 octets or throws, so the octets bound the loop, whatever the counts say.
        for index in 0..<others + additional {
            let name = at
            at = try message.skipName(at: at)
            let type = RRType(rawValue: try message.uint16(at: at))
            let rdata = at + 10
            let end = rdata + Int(try message.uint16(at: at + 8))
            guard end <= message.byteCount else { throw WireError(.truncated, at: end) }
            if type == .opt && index >= others {
                guard !edns.isPresent else { throw WireError(.twoOPT, at: name) }
                guard at == name + 1 else { throw WireError(.badOPT, at: name) }
                edns = try EDNS(message, fixedPart: at, options: rdata..<end)
            } else if type == .tsig {
                guard index >= others, index == others + additional - 1 else { throw WireError(.badTSIG, at: name) }
                signatureOffset = name
            } else if type == .soa, qtype == .ixfr, index < others, end - rdata > RDATALayout.soaNumberOctetCount {
                soaSerial = try message.uint32(at: end - RDATALayout.soaNumberOctetCount)
            }
            at = end
        }
    }
}

extension RawSpan {
    /// The offset just past the name at `start`: past its root label or its first pointer, which is not followed.
    ///
    /// `base` is the offset in its message of this span's first octet.
    public func skipName(at start: Int, base: Int = 0) throws(WireError) -> Int {
        var at = start
        while true {
            let length = try octet(at: at)
            switch length >> 6 {
            case 0b00:
                at += 1 + Int(length)
                guard at - start <= Name.octetCountMax else { throw WireError(.nameTooLong, at: start) }
                if length == 0 { return at }
            case 0b11:
                let target = Int(try uint16(at: at) & 0x3FFF)
                guard target < start + base else { throw WireError(.pointerNotBackward, at: at) }
                return at + 2
            default:
                throw WireError(.badLabelType, at: at)
            }
        }
    }
}
