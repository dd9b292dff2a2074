import DNSTesting
import DNSWire

/// Everything that upstreams ever said: each answer has a number, which its records carry, so that what a client gets
/// can be traced back to the reply it came from.
struct Ledger {
    struct Record: Hashable {
        var owner: String
        var type: RRType
        var rdata: [UInt8]
    }

    /// What a reply said, and what clients may get of it.
    struct Entry {
        var question: SimulatedQuestion
        var rcode: RCODE
        /// The records of the answer, each with the TTL that is the most a client may see (RFC 2181 §5.2, §8).
        var answer: [Record: UInt32] = [:]
        /// The TTL of the SOA record; nil where the denial has none of its own zone.
        var denialTTL: UInt32?
        /// For how many seconds it may be kept.
        var keptTTL: UInt32 = 0
        /// No client may ever see it: forged, cut, or about something else.
        var isLie = false
        /// When it first reached an exchange that waited for it, by the server's clock in nanoseconds.
        var arrival: UInt64?

        var isBare: Bool { answer.isEmpty && denialTTL == nil }
    }

    private(set) var entries: [Entry] = []

    /// The number of the next entry.
    var next: Int { entries.count }

    mutating func add(_ entry: Entry) { entries.append(entry) }

    mutating func note(arrivalOf number: Int, at clock: UInt64) {
        if entries[number].arrival == nil { entries[number].arrival = clock }
    }

    /// Three octets that every record of an entry ends with.
    static func mark(_ number: Int) -> [UInt8] {
        [
            UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 8),
            UInt8(truncatingIfNeeded: number),
        ]
    }

    /// The entry that a record of a reply belongs to; nil for an alias, which has no number.
    func number(of record: DNSMessage.Record) -> Int? {
        let mark: ArraySlice<UInt8>
        switch record.type {
        case .a, .aaaa, .txt: mark = record.rdata.suffix(3)
        // The serial stands before refresh, retry, expire and minimum.
        case .soa: mark = record.rdata.suffix(19).prefix(3)
        default: return nil
        }
        let number = mark.reduce(0) { $0 << 8 | Int($1) }
        return entries.indices.contains(number) ? number : nil
    }
}

/// The most a TTL may say, and 0 where its first bit is set (RFC 2181 §8, RFC 8767 §4).
func saneTTL(_ ttl: UInt32) -> UInt32 { ttl > 0x7FFF_FFFF ? 0 : min(ttl, 604_800) }
