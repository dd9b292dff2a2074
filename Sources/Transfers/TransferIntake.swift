package import DNSWire
package import DNSZone
package import TSIG

/// Why a transfer brought nothing.
package enum TransferFailure: Error, Hashable, Sendable {
    /// The primary's answer to the question.
    case refused(RCODE)
    case malformed
    /// It is about another zone, or no response to what was asked.
    case otherZone
    /// It does not begin with an SOA, or not as a transfer does.
    case outOfOrder
    case signature(TSIGFailure)
    case tooLarge
    /// What came is no zone.
    case invalid(ZoneError)
    /// The connection could not be had.
    case unreachable(String)
    /// There is no TLS with it.
    case handshake(String)
    /// The connection ended before the transfer did.
    case cut(String)
}

extension TransferFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let rcode): "it answers \(rcode); have it allow transfers to this server"
        case .malformed: "its answer cannot be read"
        case .otherZone: "it sends another zone"
        case .outOfOrder: "its answer is no transfer: SOA records are missing, or out of order"
        case .signature(let failure): "its signature is not good (\(failure)); compare keys and clocks"
        case .tooLarge: "the zone is larger than this server takes"
        case .invalid(let error): "it sends what is no zone: \(error)"
        case .unreachable(let reason): "it cannot be reached (\(reason)); see to that server and its port"
        case .handshake(let reason):
            "there is no TLS with it (\(reason)); compare its certificate with \"tls\" and \"tls_servername\""
        case .cut(let reason): "the transfer was cut (\(reason))"
        }
    }
}

/// Puts the messages of a transfer together (RFC 5936 §2.2, RFC 1995 §4): octets in, a zone or differences out.
///
/// Nothing comes out before the last record is there, and signed where it has to be.
package struct TransferIntake: Sendable {
    package enum Result: Sendable {
        /// There is no newer version; the primary's is this one.
        case unchanged(serial: UInt32)
        case whole(Zone)
        case differences([ZoneDifference])
    }

    private enum State: Sendable {
        case start
        /// Behind the first SOA.
        case first
        case whole
        case removing, adding
        case over
    }

    /// Octets of all messages.
    private static let octetCountMax = ZoneBuilder.octetCountMax

    private let apex: Name
    private let id: UInt16
    /// The version that differences were asked from; nil where all of it was.
    private let serial: UInt32?
    private var signature: TSIGResponse?
    private var state = State.start
    private var newest: ZoneRecord?
    private var builder: ZoneBuilder
    private var differences: [ZoneDifference] = []
    private var octetCount = 0

    /// `request` is what signed the question.
    package init(apex: Name, id: UInt16, since serial: UInt32? = nil, request: TSIGSigner? = nil) {
        self.apex = apex
        self.id = id
        self.serial = serial
        signature = request.map { TSIGResponse(to: $0) }
        builder = ZoneBuilder(apex: apex)
    }

    /// Takes the next message; nil while more have to come.
    ///
    /// `now` in seconds since 1970.
    package mutating func take(_ octets: [UInt8], now: UInt64) throws(TransferFailure) -> Result? {
        octetCount += octets.count
        guard octetCount <= Self.octetCountMax else { throw .tooLarge }
        if signature != nil {
            do { try signature?.verify(octets.rawSpan, now: now) } catch { throw .signature(error) }
        }
        let message: DNSMessage
        do { message = try DNSMessage(reading: octets.rawSpan) } catch { throw .malformed }
        guard message.id == id, message.flags & Query.Flag.response != 0, message.flags & Query.Flag.opcode == 0 else {
            throw .otherZone
        }
        guard message.rcode == .noError else { throw .refused(message.rcode) }
        if let question = message.questions.first, question.name != apex { throw .otherZone }
        for record in message.answer {
            guard record.qclass == .internet else { throw .malformed }
            try take(ZoneRecord(owner: record.owner, type: record.type, ttl: record.ttl, rdata: record.rdata))
        }
        return try result()
    }

    private mutating func take(_ record: ZoneRecord) throws(TransferFailure) {
        let isSOA = record.type == .soa
        if isSOA, record.owner != apex || record.rdata.count <= 20 { throw .otherZone }
        switch state {
        case .start:
            guard isSOA else { throw .outOfOrder }
            newest = record
            state = serial == nil ? .whole : .first
            if serial == nil { try append(record) }
        case .first:
            if isSOA, record.serial == serial, record.serial != newest?.serial {
                begin(record)
            } else {
                state = .whole
                if let newest { try append(newest) }
                try take(record)
            }
        case .whole:
            guard isSOA else { return try append(record) }
            guard record.serial == newest?.serial else { throw .outOfOrder }
            state = .over
        case .removing:
            if isSOA {
                differences[differences.count - 1].newSOA = record
                state = .adding
            } else {
                differences[differences.count - 1].removed.append(record)
            }
        case .adding:
            let version = differences[differences.count - 1].newSOA.serial
            guard isSOA else { return differences[differences.count - 1].added.append(record) }
            guard record.serial == version else { throw .outOfOrder }
            if version == newest?.serial { state = .over } else { begin(record) }
        case .over: throw .outOfOrder
        }
    }

    private mutating func begin(_ soa: ZoneRecord) {
        differences.append(ZoneDifference(oldSOA: soa, newSOA: soa, removed: [], added: []))
        state = .removing
    }

    private mutating func append(_ record: ZoneRecord) throws(TransferFailure) {
        do { try builder.append(record) } catch { throw .invalid(error) }
    }

    private mutating func result() throws(TransferFailure) -> Result? {
        // An SOA alone that is not newer says that there is nothing to transfer (RFC 1995 §2).
        if case .first = state, let serial, let newest, !SerialNumber.isNewer(newest.serial, than: serial) {
            try requireSignature()
            return .unchanged(serial: newest.serial)
        }
        guard case .over = state else { return nil }
        try requireSignature()
        guard differences.isEmpty else { return .differences(differences) }
        let taken = builder
        builder = ZoneBuilder(apex: apex)
        do { return .whole(try taken.finish()) } catch { throw .invalid(error) }
    }

    private func requireSignature() throws(TransferFailure) {
        if let signature, !signature.isSettled { throw .signature(.missing) }
    }
}

/// Questions of a secondary, unsigned.
package enum TransferQuestion {
    /// A question for all of a zone, or for what changed since the version of `soa` (RFC 1995 §3).
    package static func transfer(of apex: Name, since soa: ZoneRecord?, id: UInt16) -> [UInt8] {
        var octets: [UInt8] = []
        octets.append(bigEndian: id)
        octets.append(bigEndian: UInt16(0))
        octets.append(bigEndian: UInt32(1) << 16)
        octets.append(bigEndian: UInt32(soa == nil ? 0 : 1) << 16)
        octets += apex.wire
        octets.append(bigEndian: (soa == nil ? RRType.axfr : .ixfr).rawValue)
        octets.append(bigEndian: RRClass.internet.rawValue)
        if let soa { octets.appendRecord(owner: [0xC0, 0x0C], type: .soa, ttl: soa.ttl, rdata: soa.rdata) }
        return octets
    }

    /// The message that tells of a new version (RFC 1996 §3.7).
    package static func notify(of soa: ZoneRecord, id: UInt16) -> [UInt8] {
        var octets: [UInt8] = []
        octets.append(bigEndian: id)
        octets.append(bigEndian: UInt16(4) << 11 | Query.Flag.authoritative)
        octets.append(bigEndian: UInt32(0x0001_0001))
        octets.append(bigEndian: UInt32(0))
        octets += soa.owner.wire
        octets.append(bigEndian: RRType.soa.rawValue)
        octets.append(bigEndian: RRClass.internet.rawValue)
        octets.appendRecord(owner: [0xC0, 0x0C], type: .soa, ttl: soa.ttl, rdata: soa.rdata)
        return octets
    }
}
