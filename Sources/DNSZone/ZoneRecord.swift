public import DNSWire

/// A record of a zone, its RDATA with whole names; class IN.
public struct ZoneRecord: Hashable, Sendable {
    public var owner: Name
    public var type: RRType
    /// Seconds.
    public var ttl: UInt32
    public var rdata: [UInt8]

    public init(owner: Name, type: RRType, ttl: UInt32, rdata: [UInt8]) {
        self.owner = owner
        self.type = type
        self.ttl = ttl
        self.rdata = rdata
    }
}
