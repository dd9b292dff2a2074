public import DNSWire

/// When the signatures of a zone that was signed elsewhere end: nobody here can make new ones.
public struct SignatureExpiry: Hashable, Sendable {
    /// Signatures that end within so many seconds are warned of: seven days.
    public static let warningSeconds: Int64 = 7 * 86_400
    /// What lies before EXPIRATION in RDATA of an RRSIG record (RFC 4034 §3.1).
    private static let expirationOffset = 8

    /// RRSIG records that were looked at.
    public private(set) var signatureCount = 0
    public private(set) var expiredCount = 0
    /// Those that end within `warningSeconds`, without the expired ones.
    public private(set) var endingCount = 0
    /// Seconds until the first one ends, negative where it has; nil without signatures.
    public private(set) var secondsLeft: Int64?
    /// The owner of that one, and the type it covers.
    public private(set) var firstOwner = Name.root
    public private(set) var firstType = RRType(rawValue: 0)

    private let now: Int64

    /// Takes records one by one; `now` is the time of day in seconds since 1970.
    public init(at now: Int64) { self.now = now }

    /// Looks at all records; those that are no RRSIG, or too short to be one, count for nothing.
    public static func check(_ records: some Sequence<ZoneRecord>, at now: Int64) -> SignatureExpiry {
        var expiry = SignatureExpiry(at: now)
        for record in records { expiry.take(record) }
        return expiry
    }

    public mutating func take(_ record: ZoneRecord) {
        let octets = record.rdata.rawSpan
        guard record.type == .rrsig, let covered = try? octets.uint16(at: 0),
            let expiration = try? octets.uint32(at: Self.expirationOffset)
        else { return }
        // Times are numbers modulo 2^32: the one nearest to now is meant (RFC 4034 §3.1.5).
        let left = Int64(Int32(bitPattern: expiration &- UInt32(truncatingIfNeeded: now)))
        signatureCount += 1
        if left <= 0 { expiredCount += 1 } else if left < Self.warningSeconds { endingCount += 1 }
        guard left < secondsLeft ?? .max else { return }
        (secondsLeft, firstOwner, firstType) = (left, record.owner, RRType(rawValue: covered))
    }

    /// A sentence for the operator, to follow the zone's name; nil where all signatures hold for long.
    public var warning: String? {
        guard let secondsLeft, expiredCount + endingCount > 0 else { return nil }
        let first = "that of \(firstType) \(firstOwner) first"
        if expiredCount > 0 {
            return "has \(expiredCount) signatures of \(signatureCount) that ended, \(first), so that resolvers refuse "
                + "what they sign; sign the zone again"
        }
        return "has \(endingCount) signatures of \(signatureCount) that end within 7 days, \(first), in "
            + "\(secondsLeft / 86_400) days and \(secondsLeft % 86_400 / 3600) hours; sign the zone again before that"
    }
}
