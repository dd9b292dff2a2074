public import DNSWire

/// A zone's SOA record, compressed against a name in the message that lies at or below the apex.
public struct SOARecord: Hashable, Sendable {
    /// The record; its owner and the ends of its names, where they lie in the zone, are pointers still to be set.
    public let octets: [UInt8]
    /// Where those pointers lie; the first is the owner, at 0.
    public let pointerOffsets: [Int]
    public let apexLabelCount: Int

    public struct Timers: Hashable, Sendable {
        public var refresh: UInt32 = 7200
        public var retry: UInt32 = 1800
        public var expire: UInt32 = 86_400
        /// How long a negative answer may be kept (RFC 2308 §4).
        public var minimum: UInt32

        public init(minimum: UInt32) { self.minimum = minimum }
    }

    public init(apex: Name, mname: Name, rname: Name, serial: UInt32, ttl: UInt32, timers: Timers) {
        var rdata: [UInt8] = []
        var pointers = [0]
        for name in [mname, rname] {
            let (octets, pointer) = Self.compressed(name, under: apex)
            if let pointer { pointers.append(NameBlock.Layout.recordHeader + rdata.count + pointer) }
            rdata += octets
        }
        for field in [serial, timers.refresh, timers.retry, timers.expire, timers.minimum] {
            rdata.append(bigEndian: field)
        }
        var record: [UInt8] = []
        record.appendRecord(owner: [0, 0], type: .soa, ttl: ttl, rdata: rdata)
        octets = record
        pointerOffsets = pointers
        apexLabelCount = apex.labelCount
    }

    /// The name with the apex left out and two octets for a pointer in its place; the pointer's offset.
    private static func compressed(_ name: Name, under apex: Name) -> (octets: [UInt8], pointer: Int?) {
        guard name.isAtOrBelow(apex) else { return (name.wire, nil) }
        let prefix = name.wire.prefix(name.wire.count - apex.wire.count)
        return (Array(prefix) + [0, 0], prefix.count)
    }
}
