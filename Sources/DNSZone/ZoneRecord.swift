public import DNSWire

/// A record of a zone, its RDATA with whole names; class IN.
public struct ZoneRecord: Sendable {
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

extension ZoneRecord: Hashable {
    /// RDATA eight octets at a time, as `Name` does: differences are sets of records.
    public func hash(into hasher: inout Hasher) {
        owner.hash(into: &hasher)
        hasher.combine(type.rawValue)
        hasher.combine(rdata.count)
        let octets = rdata.rawSpan
        var at = 0
        while at + 8 <= octets.byteCount {
            hasher.combine(octets[word64: at])
            at += 8
        }
        var tail: UInt64 = 0
        while at < octets.byteCount {
            tail = tail << 8 | UInt64(octets[unchecked8: at])
            at += 1
        }
        hasher.combine(tail)
    }
}
