public import DNSWire

/// Why records are no zone, or what of them does not count, and which record it is about.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case noSOA, secondSOA, soaBelowApex, noNameServer
        /// A CNAME beside other data (RFC 2181 §10.1), and a second one.
        case aliasWithData, secondAlias
        /// RFC 6672 §2.4, §2.3.
        case secondRedirection, redirectionWithAlias
        case badRDATA(RRType)
        /// The records of one RRset could be in no message.
        case rrsetTooLarge(RRType)
        case zoneTooLarge
        /// Iterations over the bound (RFC 9276 §3.2), and over none.
        case tooManyIterations(Int), iterations(Int)
        /// Dropped: the owner lies elsewhere.
        case outsideZone
        /// The lowest counts (RFC 2181 §5.2).
        case differentTTLs(RRType)
        /// A difference that removes what is not there, or starts from another version.
        case differenceDoesNotApply
        /// Below a zone cut or a DNAME, and no address: never answered.
        case occluded(RRType)
    }

    public var reason: Reason
    public var owner: Name
    /// The place that the record was given with: a line of a master file, 0 where there is none.
    public var line: Int

    public init(_ reason: Reason, owner: Name, line: Int) {
        self.reason = reason
        self.owner = owner
        self.line = line
    }

    public var description: String {
        switch reason {
        case .noSOA: "\(owner) has no SOA record; a zone begins with one"
        case .secondSOA: "\(owner) has a second SOA record; keep one of them"
        case .soaBelowApex: "\(owner) has an SOA record and is not the zone's apex; take it out"
        case .noNameServer: "\(owner) has no NS record; name the servers of the zone"
        case .aliasWithData: "\(owner) has a CNAME and other data; keep the one or the other"
        case .secondAlias: "\(owner) has two CNAME records; keep one of them"
        case .secondRedirection: "\(owner) has two DNAME records; keep one of them"
        case .redirectionWithAlias: "\(owner) has a DNAME and a CNAME; keep one of them"
        case .badRDATA(let type): "\(owner) has a \(type) record whose data is malformed; write it anew"
        case .rrsetTooLarge(let type): "\(owner) has more \(type) records than fit in a message; take some out"
        case .zoneTooLarge: "the zone has more than \(ZoneBuilder.octetCountMax >> 20) MiB of data; divide it"
        case .tooManyIterations(let count):
            "\(owner) has NSEC3 with \(count) iterations, and over \(ZoneBuilder.iterationCountMax) are refused; sign it anew with 0"
        case .iterations(let count):
            "\(owner) has NSEC3 with \(count) iterations, which protect nobody (RFC 9276); sign it anew with 0"
        case .outsideZone: "\(owner) lies outside the zone, so the record does not count; take it out"
        case .differentTTLs(let type):
            "\(owner) has \(type) records of different TTLs, so the lowest counts; make them equal"
        case .differenceDoesNotApply: "\(owner) is not as the difference takes it to be; the zone has to be had whole"
        case .occluded(let type):
            "\(owner) lies below a delegation or a DNAME, so its \(type) records are never answered; take them out"
        }
    }
}
