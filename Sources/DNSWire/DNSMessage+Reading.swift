extension DNSMessage {
    /// Reads a whole message; throws where it is cut, has two OPT records, or a name in it is none.
    ///
    /// Every record takes at least 11 octets, so the octets bound the work, whatever the counts say. Octets behind the
    /// last record are ignored.
    public init(reading message: RawSpan) throws(WireError) {
        let word = try message.uint16(at: 2)
        let counts = (
            try message.uint16(at: 4), try message.uint16(at: 6), try message.uint16(at: 8), try message.uint16(at: 10)
        )
        self.init(id: try message.uint16(at: 0), flags: word & 0xFFF0, rcode: RCODE(rawValue: word & 0xF))
        var at = Query.headerOctetCount
        for _ in 0..<counts.0 {
            let name = try Name(reading: message, at: &at)
            let type = RRType(rawValue: try message.uint16(at: at))
            questions.append(
                Question(name: name, type: type, qclass: RRClass(rawValue: try message.uint16(at: at + 2))))
            at += 4
        }
        for _ in 0..<counts.1 { answer.append(try Record(reading: message, at: &at)) }
        for _ in 0..<counts.2 { authority.append(try Record(reading: message, at: &at)) }
        for _ in 0..<counts.3 {
            let start = at
            let record = try Record(reading: message, at: &at)
            if record.type == .opt {
                guard opt == nil else { throw WireError(.twoOPT, at: start) }
                try take(record, at: start)
            } else {
                additional.append(record)
            }
        }
    }

    private mutating func take(_ record: Record, at start: Int) throws(WireError) {
        guard record.owner == .root else { throw WireError(.badOPT, at: start) }
        var opt = OPT(
            udpSize: record.qclass.rawValue, version: UInt8(truncatingIfNeeded: record.ttl >> 16),
            dnssecOK: record.ttl & 0x8000 != 0)
        rcode = RCODE(rawValue: UInt16(truncatingIfNeeded: record.ttl >> 24) << 4 | rcode.rawValue)
        let octets = record.rdata.rawSpan
        var at = 0
        while at < octets.byteCount {
            let length = Int(try octets.uint16(at: at + 2))
            guard at + 4 + length <= octets.byteCount else { throw WireError(.badOption, at: start) }
            opt.options.append(
                .init(code: try octets.uint16(at: at), value: Array(record.rdata[at + 4..<at + 4 + length])))
            at += 4 + length
        }
        self.opt = opt
    }
}

extension DNSMessage.Record {
    /// Reads the record at `at` and moves past it.
    public init(reading message: RawSpan, at: inout Int) throws(WireError) {
        owner = try Name(reading: message, at: &at)
        type = RRType(rawValue: try message.uint16(at: at))
        qclass = RRClass(rawValue: try message.uint16(at: at + 2))
        ttl = try message.uint32(at: at + 4)
        let start = at + 10
        let end = start + Int(try message.uint16(at: at + 8))
        guard end <= message.byteCount else { throw WireError(.truncated, at: message.byteCount) }
        rdata = try Self.rdata(of: type, in: message, start..<end)
        guard RDATALayout.isWhole(rdata, of: type, qclass) else { throw WireError(.truncated, at: end) }
        at = end
    }

    private static func rdata(of type: RRType, in message: RawSpan, _ range: Range<Int>) throws(WireError) -> [UInt8] {
        var rdata: [UInt8] = []
        rdata.reserveCapacity(range.count)
        var at = range.lowerBound
        for part in RDATALayout.parts(of: type) {
            switch part {
            case .octets(let count):
                guard at + count <= range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
                rdata.append(octetsOf: message.extracting(at..<at + count))
                at += count
            case .string:
                let end = at + 1 + Int(try message.octet(at: at))
                guard end <= range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
                rdata.append(octetsOf: message.extracting(at..<end))
                at = end
            case .name:
                // An update or an empty RDATA of an unknown sender: nothing to read is nothing to decompress.
                guard at < range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
                rdata += try Name(reading: message, at: &at).wire
                guard at <= range.upperBound else { throw WireError(.truncated, at: range.upperBound) }
            }
        }
        // A name that ends early would leave octets that clients cannot read.
        let rest = range.upperBound - at
        guard RDATALayout.parts(of: type).isEmpty || rest == (type == .soa ? RDATALayout.soaNumberOctetCount : 0) else {
            throw WireError(.truncated, at: at)
        }
        rdata.append(octetsOf: message.extracting(at..<range.upperBound))
        return rdata
    }
}
