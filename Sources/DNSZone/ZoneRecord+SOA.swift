public import DNSWire

extension ZoneRecord {
    /// The SOA of `owner` with its names written out.
    public init(owner: Name, soa: SOARecord) {
        let header = NameBlock.Layout.recordHeader
        var rdata: [UInt8] = []
        var at = header
        // Each pointer but the owner's takes two octets and stands for the apex.
        for pointer in soa.pointerOffsets.dropFirst() {
            rdata += soa.octets[at..<pointer] + owner.wire
            at = pointer + 2
        }
        rdata += soa.octets[at...]
        let ttl = soa.octets[6..<10].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        self.init(owner: owner, type: .soa, ttl: ttl, rdata: rdata)
    }

    /// Of an SOA record, the version that it names; 0 for what is no SOA.
    public var serial: UInt32 {
        guard type == .soa, rdata.count > 20 else { return 0 }
        return rdata[(rdata.count - 20)..<(rdata.count - 16)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
