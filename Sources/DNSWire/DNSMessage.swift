/// A whole message as a value, its names uncompressed: for everything off the path of a query.
///
/// OPT is taken out of the additional section (RFC 6891 §6.1).
public struct DNSMessage: Hashable, Sendable {
    public struct Question: Hashable, Sendable {
        public var name: Name
        public var type: RRType
        public var qclass: RRClass

        public init(name: Name, type: RRType, qclass: RRClass = .internet) {
            self.name = name
            self.type = type
            self.qclass = qclass
        }
    }

    public struct Record: Hashable, Sendable {
        public var owner: Name
        public var type: RRType
        public var qclass: RRClass
        /// In seconds.
        public var ttl: UInt32
        /// Names in it are uncompressed where the type is one whose names may be compressed (RFC 3597 §4).
        public var rdata: [UInt8]

        public init(owner: Name, type: RRType, qclass: RRClass = .internet, ttl: UInt32, rdata: [UInt8]) {
            self.owner = owner
            self.type = type
            self.qclass = qclass
            self.ttl = ttl
            self.rdata = rdata
        }
    }

    /// What the OPT record says.
    public struct OPT: Hashable, Sendable {
        public struct Option: Hashable, Sendable {
            public var code: UInt16
            public var value: [UInt8]

            public init(code: UInt16, value: [UInt8]) {
                self.code = code
                self.value = value
            }
        }

        public var udpSize: UInt16
        public var version: UInt8
        public var dnssecOK: Bool
        public var options: [Option]
        /// More options, in wire form.
        public var encodedOptions: [UInt8] = []

        public init(udpSize: UInt16 = 1232, version: UInt8 = 0, dnssecOK: Bool = false, options: [Option] = []) {
            self.udpSize = udpSize
            self.version = version
            self.dnssecOK = dnssecOK
            self.options = options
        }
    }

    public var id: UInt16
    /// The second header word without its RCODE: QR, OPCODE, AA, TC, RD, RA, AD, CD.
    public var flags: UInt16
    /// All twelve bits; those past four need an OPT to be sent.
    public var rcode: RCODE
    public var questions: [Question]
    public var answer: [Record] = []
    public var authority: [Record] = []
    public var additional: [Record] = []
    public var opt: OPT?

    public init(
        id: UInt16 = 0, flags: UInt16 = 0, rcode: RCODE = .noError, questions: [Question] = [], opt: OPT? = nil
    ) {
        self.id = id
        self.flags = flags
        self.rcode = rcode
        self.questions = questions
        self.opt = opt
    }
}
