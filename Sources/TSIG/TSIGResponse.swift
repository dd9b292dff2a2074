package import DNSWire

/// Why the messages of a response are not to be believed.
package enum TSIGFailure: Error, Hashable, Sendable {
    /// Not signed, or too many messages since the last that was.
    case missing
    case malformed
    /// Another key or algorithm than the request's.
    case otherKey
    case badSignature
    case badTime
    /// What the server says of our request's signature: BADKEY and so on.
    case refused(RCODE)
}

/// Verifies the messages of a response to a request that was signed (RFC 8945 §5.3).
package struct TSIGResponse: Sendable {
    /// Messages in a row without a signature that are taken (RFC 8945 §5.3.1).
    package static let unsignedCountMax = 99

    private let key: TSIGKey
    private let algorithm: TSIGAlgorithm
    private var previousMAC: [UInt8]
    private var isFirst = true
    /// The octets of messages since the last signature.
    private var pending: [UInt8] = []
    private var pendingCount = 0

    /// `request` has signed the request, and nothing since.
    package init(to request: TSIGSigner) {
        key = request.key
        algorithm = request.algorithm
        previousMAC = request.mac
    }

    /// Whether every message so far is vouched for; the last one of a response has to be.
    package var isSettled: Bool { pendingCount == 0 && !isFirst }

    /// Takes the next message; what it says counts once `isSettled` is true.
    package mutating func verify(_ message: RawSpan, now: UInt64) throws(TSIGFailure) {
        let place: Int?
        do { place = try TSIGRecord.place(in: message) } catch { throw .malformed }
        guard let place else {
            guard !isFirst, pendingCount < Self.unsignedCountMax else { throw .missing }
            pending.append(octetsOf: message)
            pendingCount += 1
            return
        }
        guard let record = try? TSIGRecord(reading: message, at: place) else { throw .malformed }
        guard record.keyName == key.name, TSIGAlgorithm(record.algorithm) == algorithm else { throw .otherKey }
        if record.mac.isEmpty, record.error != .noError { throw .refused(record.error) }
        var octets: [UInt8] = []
        octets.append(bigEndian: UInt16(truncatingIfNeeded: previousMAC.count))
        octets += previousMAC + pending + message.unsigned(at: place, id: record.originalID)
        octets += isFirst ? record.variables : record.clock
        guard TSIGAlgorithm.areEqual(algorithm.mac(of: octets, secret: key.secret), record.mac) else {
            throw .badSignature
        }
        if record.error != .noError { throw .refused(record.error) }
        guard record.isTimely(now) else { throw .badTime }
        (previousMAC, isFirst, pending, pendingCount) = (record.mac, false, [], 0)
    }
}
