package import DNSWire
package import DNSZone

/// Signs the RRsets of one zone with its keys, and keeps the signatures.
package final class ZoneSigner: Sendable {
    /// Seconds a signature holds; it begins a few hours ago, for clocks that are slow.
    private static let validity: UInt32 = 8 * 86_400
    private static let headStart: UInt32 = 3 * 3600
    /// Signatures made at once do not end at once: so many seconds are spread.
    private static let spread: UInt32 = 86_400
    /// A signature with less than this left is made anew.
    private static let renewal: UInt32 = 2 * 86_400
    /// The TTL of the DNSKEY RRset, as CoreDNS has it.
    static let keyTTL: UInt32 = 3600
    /// TYPE COVERED to KEY TAG (RFC 4034 §3.1).
    static let headOctetCount = 18

    package let zone: Name
    let suffix: NameSuffix
    package let keys: [SigningKey]
    package let cache: SignatureCache
    /// The DNSKEY RRset, each record behind a pointer to QNAME.
    let keyRecords: [[UInt8]]
    private let keySigners: [SigningKey]
    private let otherSigners: [SigningKey]
    private let hashKeys = (SipHash.Key.random(), SipHash.Key.random())
    /// The time of day in seconds.
    private let clock: @Sendable () -> Int64

    package init(
        zone: Name, keys: [SigningKey], cache: SignatureCache, clock: @escaping @Sendable () -> Int64
    ) {
        self.zone = zone
        self.keys = keys
        self.cache = cache
        self.clock = clock
        suffix = NameSuffix(zone)
        keyRecords = keys.map { key in
            var record: [UInt8] = []
            record.appendRecord(owner: [0xC0, 12], type: .dnskey, ttl: Self.keyTTL, rdata: key.dnskey)
            return record
        }
        keySigners = keys.signing(.dnskey)
        otherSigners = keys.signing(.a)
    }

    func isApex(_ name: borrowing FoldedName) -> Bool { suffix.labelCount == name.labelCount && suffix.covers(name) }

    /// How many signatures an RRset of `type` has.
    func signatureCount(_ type: RRType) -> Int { type == .dnskey ? keySigners.count : otherSigners.count }

    /// Puts RDATA of the RRSIG record by the key at `index` into `rdata`; false where there is no signature.
    ///
    /// `budget` is asked before a signature is made; one that holds still, but not for long, does without.
    func sign(
        _ rrset: borrowing CanonicalRRset, _ head: RRSIGHead, key index: Int, budget: inout SigningBudget,
        into rdata: inout [UInt8]
    ) -> Bool {
        let key = (head.type == .dnskey ? keySigners : otherSigners)[index]
        let now = UInt32(truncatingIfNeeded: clock())
        let hash = rrset.hash(hashKeys, tag: UInt64(key.tag) << 8 | UInt64(key.algorithm))
        let kept = cache.find(hash)
        // Serial number arithmetic, as the times are counted (RFC 4034 §3.1.5).
        if let kept, Int32(bitPattern: kept.expiration &- now) > Int32(Self.renewal) {
            write(kept, head, key, into: &rdata)
            return true
        }
        guard budget.takes(isDenial: head.isDenial) else {
            guard let kept, Int32(bitPattern: kept.expiration &- now) > 0 else { return false }
            write(kept, head, key, into: &rdata)
            return true
        }
        var signature = SignatureCache.Signature()
        signature.inception = now &- Self.headStart
        signature.expiration =
            now &+ Self.validity &- UInt32(truncatingIfNeeded: hash.high >> 32) % Self.spread
        guard let made = make(rrset, head, key, &signature) else { return false }
        cache.insert(made, for: hash)
        write(made, head, key, into: &rdata)
        return true
    }

    private func make(
        _ rrset: borrowing CanonicalRRset, _ head: RRSIGHead, _ key: SigningKey,
        _ signature: inout SignatureCache.Signature
    ) -> SignatureCache.Signature? {
        var octets: [UInt8] = []
        octets.reserveCapacity(Self.headOctetCount + suffix.octets.count + rrset.octets.count)
        writeHead(signature, head, key, into: &octets)
        octets += rrset.octets
        guard let made = key.maker.sign(octets), made.count == 64 else { return nil }
        for index in 0..<8 { signature.words[index] = made.rawSpan[word64: index * 8] }
        return signature
    }

    private func write(
        _ signature: SignatureCache.Signature, _ head: RRSIGHead, _ key: SigningKey, into rdata: inout [UInt8]
    ) {
        rdata.removeAll(keepingCapacity: true)
        writeHead(signature, head, key, into: &rdata)
        // SAFETY: words have no padding.
        rdata.append(octetsOf: unsafe signature.words.span.bytes)
    }

    /// RDATA without the signature; the signer's name in lower case (RFC 4034 §3.1.8.1).
    private func writeHead(
        _ signature: SignatureCache.Signature, _ head: RRSIGHead, _ key: SigningKey, into octets: inout [UInt8]
    ) {
        octets.append(bigEndian: head.type.rawValue)
        octets.append(key.algorithm)
        octets.append(head.labelCount)
        octets.append(bigEndian: head.ttl)
        octets.append(bigEndian: signature.expiration)
        octets.append(bigEndian: signature.inception)
        octets.append(bigEndian: key.tag)
        octets.append(contentsOf: suffix.octets)
    }
}

/// What an RRSIG record says of its RRset.
struct RRSIGHead {
    var type: RRType
    /// Without the root, and without a `*` in front (RFC 4034 §3.1.3).
    var labelCount: UInt8
    var ttl: UInt32
    /// It denies that a name exists.
    var isDenial = false

    init(_ type: RRType, owner: borrowing FoldedName, ttl: UInt32, isDenial: Bool = false) {
        let isWildcard = owner.labelCount > 0 && owner.label(0, is: "*")
        self.type = type
        labelCount = UInt8(truncatingIfNeeded: owner.labelCount - (isWildcard ? 1 : 0))
        self.ttl = ttl
        self.isDenial = isDenial
    }
}

/// How many signatures a worker may make in a second: what a flood of names that nobody has can cost.
struct SigningBudget {
    /// Of names that do not exist, of which there is no end.
    private static let denialsMax = 1000
    /// Of all others, which a zone has only so many of.
    private static let othersMax = 8000

    private var windowStart: UInt64 = 0
    private var denials = 0
    private var others = 0

    /// Begins a query; `now` is the monotonic clock in nanoseconds.
    mutating func begin(_ now: UInt64) {
        guard now &- windowStart >= 1_000_000_000 else { return }
        windowStart = now
        (denials, others) = (Self.denialsMax, Self.othersMax)
    }

    mutating func takes(isDenial: Bool) -> Bool {
        if isDenial {
            guard denials > 0 else { return false }
            denials -= 1
        } else {
            guard others > 0 else { return false }
            others -= 1
        }
        return true
    }
}
