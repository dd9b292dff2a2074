package import DNSWire

/// The signature of a message, its last record (RFC 8945 §4.2).
package struct TSIGRecord: Hashable, Sendable {
    /// NAME, TYPE, CLASS, TTL and RDLENGTH; then the fields of RDATA but names, MAC and other data.
    private static let fixedOctetCount = 10 + 16

    package var keyName: Name
    package var algorithm: Name
    /// When it was signed: seconds since 1970, 48 bits.
    package var time: UInt64
    /// By how many seconds two clocks may differ.
    package var fudge: UInt16
    package var mac: [UInt8]
    package var originalID: UInt16
    package var error: RCODE
    /// Behind BADTIME the server's time.
    package var other: [UInt8]

    /// Reads the record at `start`, which ends the message; throws where it is none, or not the last.
    package init(reading message: RawSpan, at start: Int) throws(WireError) {
        var at = start
        keyName = try Name(reading: message, at: &at)
        guard try message.uint16(at: at) == RRType.tsig.rawValue,
            try message.uint16(at: at + 2) == RRClass.any.rawValue,
            try message.uint32(at: at + 4) == 0
        else { throw WireError(.badTSIG, at: start) }
        let end = at + 10 + Int(try message.uint16(at: at + 8))
        guard end <= message.byteCount else { throw WireError(.truncated, at: message.byteCount) }
        let rdata = message.extracting(first: end)
        at += 10
        algorithm = try Name(reading: rdata, at: &at)
        time = UInt64(try rdata.uint16(at: at)) << 32 | UInt64(try rdata.uint32(at: at + 2))
        fudge = try rdata.uint16(at: at + 6)
        mac = try Self.octets(rdata, at: at + 8)
        at += 10 + mac.count
        originalID = try rdata.uint16(at: at)
        error = RCODE(rawValue: try rdata.uint16(at: at + 2))
        other = try Self.octets(rdata, at: at + 4)
        guard at + 6 + other.count == end else { throw WireError(.badTSIG, at: start) }
    }

    package init(
        keyName: Name, algorithm: Name, time: UInt64, fudge: UInt16, mac: [UInt8] = [], originalID: UInt16,
        error: RCODE = .noError, other: [UInt8] = []
    ) {
        self.keyName = keyName
        self.algorithm = algorithm
        self.time = time
        self.fudge = fudge
        self.mac = mac
        self.originalID = originalID
        self.error = error
        self.other = other
    }

    /// Octets behind their own count.
    private static func octets(_ rdata: RawSpan, at start: Int) throws(WireError) -> [UInt8] {
        let end = start + 2 + Int(try rdata.uint16(at: start))
        guard end <= rdata.byteCount else { throw WireError(.truncated, at: rdata.byteCount) }
        var octets: [UInt8] = []
        octets.append(octetsOf: rdata.extracting(start + 2..<end))
        return octets
    }

    package var octetCount: Int {
        Self.fixedOctetCount + keyName.wire.count + algorithm.wire.count + mac.count + other.count
    }

    /// The record in wire form, no name compressed.
    package var wire: [UInt8] {
        var rdata = algorithm.wire + clock
        rdata.append(bigEndian: UInt16(truncatingIfNeeded: mac.count))
        rdata += mac
        rdata.append(bigEndian: originalID)
        rdata += outcome
        var record = keyName.wire
        record.append(bigEndian: RRType.tsig.rawValue)
        record.append(bigEndian: RRClass.any.rawValue)
        record.append(bigEndian: UInt32(0))
        record.append(bigEndian: UInt16(truncatingIfNeeded: rdata.count))
        return record + rdata
    }

    /// The time signed and the fudge: what is digested behind a message that is not the first (RFC 8945 §5.3.1).
    var clock: [UInt8] {
        var octets: [UInt8] = []
        octets.append(bigEndian: UInt16(truncatingIfNeeded: time >> 32))
        octets.append(bigEndian: UInt32(truncatingIfNeeded: time))
        octets.append(bigEndian: fudge)
        return octets
    }

    /// What is digested behind a message (RFC 8945 §4.3.3).
    var variables: [UInt8] {
        var octets = keyName.folded.wire
        octets.append(bigEndian: RRClass.any.rawValue)
        octets.append(bigEndian: UInt32(0))
        return octets + algorithm.folded.wire + clock + outcome
    }

    private var outcome: [UInt8] {
        var octets: [UInt8] = []
        octets.append(bigEndian: error.rawValue)
        octets.append(bigEndian: UInt16(truncatingIfNeeded: other.count))
        return octets + other
    }
}

extension TSIGRecord {
    /// Where the signature of a message starts, nil where it has none; throws where it is not the last record.
    package static func place(in message: RawSpan) throws(WireError) -> Int? {
        var at = Query.headerOctetCount
        for _ in 0..<Int(try message.uint16(at: 4)) { at = try message.skipName(at: at) + 4 }
        let others = Int(try message.uint16(at: 6)) + Int(try message.uint16(at: 8))
        let count = others + Int(try message.uint16(at: 10))
        for index in 0..<count {
            let start = at
            at = try message.skipName(at: at)
            let type = RRType(rawValue: try message.uint16(at: at))
            at += 10 + Int(try message.uint16(at: at + 8))
            guard at <= message.byteCount else { throw WireError(.truncated, at: message.byteCount) }
            guard type == .tsig else { continue }
            guard index == count - 1, index >= others else { throw WireError(.badTSIG, at: start) }
            return start
        }
        return nil
    }
}
