/// Octets of records, their names uncompressed: what zones are compiled from.
public enum RDATA {
    public static func srv(priority: UInt16, weight: UInt16, port: UInt16, target: Name) -> [UInt8] {
        var octets: [UInt8] = []
        octets.append(bigEndian: priority)
        octets.append(bigEndian: weight)
        octets.append(bigEndian: port)
        return octets + target.wire
    }

    /// One character-string (RFC 1035 §3.3.14); text past 255 octets is cut.
    public static func txt(_ text: String) -> [UInt8] {
        let octets = Array(text.utf8.prefix(255))
        return [UInt8(octets.count)] + octets
    }

    public static func soa(
        mname: [UInt8], rname: [UInt8], serial: UInt32, refresh: UInt32, retry: UInt32, expire: UInt32, minimum: UInt32
    ) -> [UInt8] {
        var octets = mname + rname
        for field in [serial, refresh, retry, expire, minimum] { octets.append(bigEndian: field) }
        return octets
    }
}

extension [UInt8] {
    /// Appends a record: owner as given (a pointer or a name), TYPE, class IN, TTL, RDLENGTH, RDATA.
    public mutating func appendRecord(owner: [UInt8], type: RRType, ttl: UInt32, rdata: [UInt8]) {
        append(contentsOf: owner)
        append(bigEndian: type.rawValue)
        append(bigEndian: RRClass.internet.rawValue)
        append(bigEndian: ttl)
        append(bigEndian: UInt16(truncatingIfNeeded: rdata.count))
        append(contentsOf: rdata)
    }
}
