import DNSWire

/// What a server makes of the signature of a request (RFC 8945 §5.2).
package enum TSIGRequest: Sendable {
    /// Good: the response is signed.
    case verified(TSIGSigner)
    /// NOTAUTH with this record, which is not signed: BADKEY, or BADSIG.
    case unsigned(TSIGRecord)
    /// NOTAUTH, signed: BADTIME.
    case late(TSIGSigner)
    /// FORMERR.
    case malformed

    /// Octets of a MAC that is no attack on it (RFC 8945 §5.2.2.1).
    private static let macOctetCountMin = 10

    /// Verifies `message`, whose signature starts at `place`; `now` in seconds since 1970.
    package static func verify(
        _ message: RawSpan, signatureAt place: Int, by keyring: TSIGKeyring, now: UInt64
    ) -> TSIGRequest {
        guard let record = try? TSIGRecord(reading: message, at: place) else { return .malformed }
        guard let key = keyring[record.keyName], let algorithm = TSIGAlgorithm(record.algorithm),
            key.algorithm == nil || key.algorithm == algorithm
        else { return .unsigned(record.refusal(.badKey)) }
        let whole = algorithm.macOctetCount
        let shortest = max(macOctetCountMin, whole / 2)
        guard (shortest...whole).contains(record.mac.count) else { return .malformed }
        let octets = message.unsigned(at: place, id: record.originalID) + record.variables
        let mac = algorithm.mac(of: octets, secret: key.secret)
        guard TSIGAlgorithm.areEqual(Array(mac.prefix(record.mac.count)), record.mac) else {
            return .unsigned(record.refusal(.badSig))
        }
        guard record.isTimely(now) else {
            return .late(TSIGSigner(key, algorithm, requestMAC: record.mac, lateTime: record.time))
        }
        // Ours are whole, and so are those of every server that is set up to talk to us (RFC 8945 §5.2.4).
        guard record.mac.count == whole else { return .unsigned(record.refusal(.badTrunc)) }
        return .verified(TSIGSigner(key, algorithm, requestMAC: record.mac))
    }
}

extension TSIGRecord {
    /// The same without a MAC and with a reason: what tells a client that its signature is no good.
    fileprivate func refusal(_ error: RCODE) -> TSIGRecord {
        var record = self
        (record.mac, record.error, record.other) = ([], error, [])
        return record
    }

    /// Whether it was signed as long ago, or as far ahead, as its fudge allows, and ours.
    func isTimely(_ now: UInt64) -> Bool {
        let distance = now > time ? now - time : time - now
        return distance <= UInt64(min(fudge, TSIGSigner.fudge))
    }
}

extension RawSpan {
    /// The message as it was before its signature, which starts at `place`, was appended (RFC 8945 §5.2.2).
    func unsigned(at place: Int, id: UInt16) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(place + 256)
        octets.append(bigEndian: id)
        octets.append(octetsOf: extracting(2..<10))
        octets.append(bigEndian: UInt16(bigEndian: self[word16: 10]) &- 1)
        octets.append(octetsOf: extracting(Query.headerOctetCount..<place))
        return octets
    }
}
