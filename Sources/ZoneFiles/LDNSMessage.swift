/// A DNS message as libldns reads it: a second opinion on what this server writes.
package struct LDNSMessage: Hashable, Sendable {
    /// A header flag (RFC 1035 §4.1.1, RFC 4035 §3.2).
    package enum Flag: String, Hashable, Sendable, CaseIterable { case qr, aa, tc, rd, ra, ad, cd }

    /// What the OPT record says (RFC 6891 §6.1).
    package struct EDNS: Hashable, Sendable {
        package var udpSize: Int
        package var version: Int
        package var dnssecOK: Bool
        /// The options, each with its code and length in front.
        package var options: [UInt8]
    }

    package var id: UInt16
    package var flags: Set<Flag>
    package var opcode: Int
    /// All twelve bits, those of OPT included.
    package var rcode: Int
    /// `QNAME class type` in presentation format; one line a question.
    package var question: [String]
    /// `owner TTL class type RDATA` with single spaces; one line a record.
    package var answer: [String]
    package var authority: [String]
    /// Without OPT.
    package var additional: [String]
    package var edns: EDNS?
    /// Octets up to the end of the last record; what lies behind them belongs to nothing.
    package var octetCount: Int

    /// Reads a whole message; throws with the octet at which libldns gave up.
    package init(_ octets: [UInt8]) throws(LDNSError) {
        self = try LDNSHandles.message(octets)
    }

    init(
        id: UInt16, flags: Set<Flag>, opcode: Int, rcode: Int, question: [String], answer: [String],
        authority: [String], additional: [String], edns: EDNS?, octetCount: Int
    ) {
        self.id = id
        self.flags = flags
        self.opcode = opcode
        self.rcode = rcode
        self.question = question
        self.answer = answer
        self.authority = authority
        self.additional = additional
        self.edns = edns
        self.octetCount = octetCount
    }
}
