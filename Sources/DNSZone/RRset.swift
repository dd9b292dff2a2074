public import DNSWire

/// An RRset on its way into a block: RDATA with uncompressed names, and the glue that belongs to it.
public struct RRset: Hashable, Sendable {
    /// An address record for the name that ends the RDATA of one of the records (SRV, NS, MX).
    public struct Glue: Hashable, Sendable {
        /// The index of that record in `rdatas`.
        public var record: Int
        public var type: RRType
        public var rdata: [UInt8]

        public init(record: Int, type: RRType, rdata: [UInt8]) {
            self.record = record
            self.type = type
            self.rdata = rdata
        }
    }

    public var type: RRType
    public var ttl: UInt32
    public var rdatas: [[UInt8]]
    public var glue: [Glue]

    public init(type: RRType, ttl: UInt32, rdatas: [[UInt8]], glue: [Glue] = []) {
        self.type = type
        self.ttl = ttl
        self.rdatas = rdatas
        self.glue = glue
    }

    /// Octets of RDATA in front of the name that glue is for.
    var targetOffset: Int {
        switch type {
        case .srv: 6
        case .mx: 2
        default: 0
        }
    }
}
