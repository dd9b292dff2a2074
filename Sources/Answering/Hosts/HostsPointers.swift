import DNSWire
import DNSZone
import NetworkAddress

/// The names of each address, as PTR records ready to copy.
struct HostsPointers: Sendable {
    /// The halves of an address in eight octets each, then the octets of its records in four; the highest bit says IPv6.
    private static let headOctetCount = 20
    private static let familyBit: UInt32 = 0x8000_0000

    /// Found by the key's highest bits: its lower half above, below it the place in `octets` plus one; 0: empty.
    private var slots: [UInt64] = []
    private var shift: UInt64 = 64
    private var octets: [UInt8] = []
    /// Addresses.
    private var count = 0

    /// Takes lines whose keys are those of their addresses.
    init(_ lines: consuming HostsParts, ttl: UInt32) {
        let head = HostsRecord(.ptr, ttl: ttl)
        var seen = Set<UInt64>()
        for index in 0..<HostsParts.count {
            let part = lines.take(index)
            for group in 0..<part.groupCount {
                let members = part.group(group)
                let start = begin(part[members.lowerBound].address)
                if members.count > 1 { seen.removeAll(keepingCapacity: true) }
                for member in members {
                    let name = part[member].name
                    guard members.count == 1 || seen.insert(NameHasher.hash(name)).inserted else { continue }
                    // What no response could hold is left out.
                    guard octets.count - start < NameBlockWriter.recordOctetCountMax else { break }
                    head.append(name, to: &octets)
                }
                end(start)
            }
        }
        index()
    }

    /// Writes the records of `address` where PTR is asked for; false for an address without names.
    func answer(_ address: IPAddress, _ type: RRType, _ response: inout ResponseWriter) -> Bool {
        guard let range = records(of: address) else { return false }
        response.flags |= Query.Flag.authoritative
        let octets = octets
        var at = type == .ptr ? range.lowerBound : range.upperBound
        while at < range.upperBound {
            let record = RRsetView.record(in: octets.rawSpan, at: at)
            guard response.appendRecord(record, to: .answer) else {
                response.flags |= Query.Flag.truncated
                break
            }
            at += record.byteCount
        }
        return true
    }

    private func records(of address: IPAddress) -> Range<Int>? {
        guard !slots.isEmpty else { return nil }
        let key = Self.key(address)
        let octets = octets
        let all = octets.rawSpan
        var slot = Int(key >> shift)
        // A quarter of the slots is empty, so the walk ends.
        while case let value = slots[slot], value != 0 {
            let at = Int(truncatingIfNeeded: value & 0xFFFF_FFFF) - 1
            if UInt32(truncatingIfNeeded: value >> 32) == UInt32(truncatingIfNeeded: key),
                all[word64: at] == address.high, all[word64: at + 8] == address.low,
                UInt32(bigEndian: all[word32: at + 16]) & Self.familyBit == Self.family(address)
            {
                let start = at + Self.headOctetCount
                return start..<start + Int(UInt32(bigEndian: all[word32: at + 16]) & ~Self.familyBit)
            }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        return nil
    }

    private static func family(_ address: IPAddress) -> UInt32 { address.isIPv4 ? 0 : familyBit }

    /// With the secret of names' hashes.
    static func key(_ address: IPAddress) -> UInt64 {
        var hasher = NameHasher()
        hasher.combine(address.high)
        hasher.combine(address.low)
        return hasher.finish(octetCount: address.octetCount)
    }
}

/// Putting it together.
extension HostsPointers {
    /// Starts the records of an address, whose octets start at the place returned.
    private mutating func begin(_ address: IPAddress) -> Int {
        count += 1
        let head: InlineArray<2, UInt64> = [address.high, address.low]
        // SAFETY: words have no padding.
        octets.append(octetsOf: unsafe head.span.bytes)
        octets.append(bigEndian: Self.family(address))
        return octets.count
    }

    private mutating func end(_ start: Int) {
        let count = UInt32(octets.count - start)
        for index in 0..<4 { octets[start - 4 + index] |= UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * index)) }
    }

    /// Enters every address; they come in the order of their keys, so that slots fill from the first to the last.
    private mutating func index() {
        guard count > 0 else { return }
        var slotCount = 1
        while slotCount * 3 < count * 4 { slotCount *= 2 }
        slots = Array(repeating: 0, count: slotCount)
        shift = UInt64(64 - slotCount.trailingZeroBitCount)
        let octets = octets
        let all = octets.rawSpan
        var at = 0
        while at < all.byteCount {
            let (high, low) = (all[word64: at], all[word64: at + 8])
            let size = UInt32(bigEndian: all[word32: at + 16])
            let isIPv4 = size & Self.familyBit == 0
            let key = Self.key(
                isIPv4 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low))
            var slot = Int(key >> shift)
            while slots[slot] != 0 { slot = slot + 1 == slots.count ? 0 : slot + 1 }
            slots[slot] = key << 32 | UInt64(at + 1)
            at += Self.headOctetCount + Int(size & ~Self.familyBit)
        }
    }
}
