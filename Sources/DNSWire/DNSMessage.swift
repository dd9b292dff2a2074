/// A whole message as a value, its names uncompressed: for everything off the path of a query.
///
/// OPT is taken out of the additional section (RFC 6891 §6.1).
package struct DNSMessage: Hashable, Sendable {
    package struct Question: Hashable, Sendable {
        package var name: Name
        package var type: RRType
        package var qclass: RRClass

        package init(name: Name, type: RRType, qclass: RRClass = .internet) {
            self.name = name
            self.type = type
            self.qclass = qclass
        }
    }

    package struct Record: Hashable, Sendable {
        package var owner: Name
        package var type: RRType
        package var qclass: RRClass
        /// In seconds.
        package var ttl: UInt32
        /// Names in it are uncompressed where the type is one whose names may be compressed (RFC 3597 §4).
        package var rdata: [UInt8]

        package init(owner: Name, type: RRType, qclass: RRClass = .internet, ttl: UInt32, rdata: [UInt8]) {
            self.owner = owner
            self.type = type
            self.qclass = qclass
            self.ttl = ttl
            self.rdata = rdata
        }
    }

    /// What the OPT record says.
    package struct OPT: Hashable, Sendable {
        package struct Option: Hashable, Sendable {
            package var code: UInt16
            package var value: [UInt8]

            package init(code: UInt16, value: [UInt8]) {
                self.code = code
                self.value = value
            }
        }

        package var udpSize: UInt16
        package var version: UInt8
        package var dnssecOK: Bool
        package var options: [Option]
        /// More options, in wire form.
        package var encodedOptions: [UInt8] = []

        package init(udpSize: UInt16 = 1232, version: UInt8 = 0, dnssecOK: Bool = false, options: [Option] = []) {
            self.udpSize = udpSize
            self.version = version
            self.dnssecOK = dnssecOK
            self.options = options
        }
    }

    package var id: UInt16
    /// The second header word without its RCODE: QR, OPCODE, AA, TC, RD, RA, AD, CD.
    package var flags: UInt16
    /// All twelve bits; those past four need an OPT to be sent.
    package var rcode: RCODE
    package var questions: [Question]
    package var answer: [Record] = []
    package var authority: [Record] = []
    package var additional: [Record] = []
    package var opt: OPT?

    package init(
        id: UInt16 = 0, flags: UInt16 = 0, rcode: RCODE = .noError, questions: [Question] = [], opt: OPT? = nil
    ) {
        self.id = id
        self.flags = flags
        self.rcode = rcode
        self.questions = questions
        self.opt = opt
    }
}
