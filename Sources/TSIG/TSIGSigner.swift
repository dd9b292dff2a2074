package import DNSWire

/// Signs messages with one key: a request, or the response to one, of as many messages as it has (RFC 8945 §5.3).
package struct TSIGSigner: Sendable {
    /// By how many seconds two clocks may differ.
    package static let fudge: UInt16 = 300

    package let key: TSIGKey
    package let algorithm: TSIGAlgorithm
    /// What the next message answers or follows on; empty for a request.
    private var previousMAC: [UInt8]
    private var isFirst = true
    /// The BADTIME that is told, and the client's time.
    private var lateTime: UInt64?

    /// For a request.
    package init(_ key: TSIGKey) { self.init(key, key.algorithm ?? .sha256, requestMAC: []) }

    /// For the response to a request with this MAC; `lateTime` is that of a request with BADTIME.
    init(_ key: TSIGKey, _ algorithm: TSIGAlgorithm, requestMAC: [UInt8], lateTime: UInt64? = nil) {
        self.key = key
        self.algorithm = algorithm
        self.lateTime = lateTime
        previousMAC = requestMAC
    }

    /// What the last message was signed with: a request's is what its response is verified by.
    package var mac: [UInt8] { previousMAC }

    /// Octets of a signature.
    package var octetCount: Int {
        26 + key.name.wire.count + algorithm.wire.count + algorithm.macOctetCount + (lateTime == nil ? 0 : 6)
    }

    /// The record to append to `message`, whose ARCOUNT does not count it yet; `now` in seconds since 1970.
    package mutating func signature(of message: RawSpan, now: UInt64) -> TSIGRecord {
        var record = TSIGRecord(
            keyName: key.name, algorithm: algorithm.name, time: lateTime ?? now, fudge: Self.fudge,
            originalID: UInt16(bigEndian: message[word16: 0]))
        if lateTime != nil {
            record.error = .badTime
            record.other.append(bigEndian: UInt16(truncatingIfNeeded: now >> 32))
            record.other.append(bigEndian: UInt32(truncatingIfNeeded: now))
        }
        var octets: [UInt8] = []
        if !previousMAC.isEmpty || !isFirst {
            octets.append(bigEndian: UInt16(truncatingIfNeeded: previousMAC.count))
            octets += previousMAC
        }
        octets.append(octetsOf: message)
        octets += isFirst ? record.variables : record.clock
        record.mac = algorithm.mac(of: octets, secret: key.secret)
        (previousMAC, isFirst) = (record.mac, false)
        return record
    }

    /// Appends the signature to a whole message.
    package mutating func sign(_ message: inout [UInt8], now: UInt64) {
        let record = signature(of: message.rawSpan, now: now)
        message += record.wire
        let count = UInt16(message[10]) << 8 | UInt16(message[11]) &+ 1
        (message[10], message[11]) = (UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count))
    }
}

extension TSIGAlgorithm {
    /// The name; the root, which no algorithm has, never comes out.
    package var name: Name { (try? Name(rawValue)) ?? .root }
}
