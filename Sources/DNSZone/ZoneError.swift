public import DNSWire

/// Why records are no zone, and which of them.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case noSOA, secondSOA, soaBelowApex
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
        }
    }
}
