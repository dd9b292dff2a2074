import DNSWire
import DNSZone
import NetworkAddress

/// Address records as RDATA.
enum AddressRecords {
    static func type(of family: IPFamily) -> RRType { family == .ipv4 ? .a : .aaaa }

    /// A and AAAA of the addresses, each once, in order; at most one RRset of each type.
    static func rrsets(of addresses: [IPAddress], ttl: UInt32) -> [RRset] {
        IPFamily.allCases.compactMap { family in
            let own = Set(addresses.filter { $0.family == family }).sorted()
            return own.isEmpty ? nil : RRset(type: type(of: family), ttl: ttl, rdatas: own.map(\.octets))
        }
    }
}

/// Addresses in order, each once, by family.
struct AddressLists: Equatable {
    private(set) var ipv4: [IPAddress] = []
    private(set) var ipv6: [IPAddress] = []

    init(_ addresses: some Sequence<IPAddress>) {
        for address in addresses {
            if address.isIPv4 { ipv4.append(address) } else { ipv6.append(address) }
        }
        Self.makeAscending(&ipv4)
        Self.makeAscending(&ipv6)
    }

    subscript(family: IPFamily) -> [IPAddress] { family == .ipv4 ? ipv4 : ipv6 }

    /// How many families have an address.
    var familyCount: Int { (ipv4.isEmpty ? 0 : 1) + (ipv6.isEmpty ? 0 : 1) }

    /// Calls `body` for each family that has an address, IPv4 first.
    func forEach(_ body: (IPFamily, [IPAddress]) -> Void) {
        if !ipv4.isEmpty { body(.ipv4, ipv4) }
        if !ipv6.isEmpty { body(.ipv6, ipv6) }
    }

    private static func makeAscending(_ addresses: inout [IPAddress]) {
        guard (1..<max(1, addresses.count)).contains(where: { addresses[$0] <= addresses[$0 - 1] }) else { return }
        addresses.sort()
        var kept = 1
        for address in addresses where address != addresses[kept - 1] {
            addresses[kept] = address
            kept += 1
        }
        addresses.removeSubrange(kept...)
    }
}

extension NameBlockWriter {
    /// Writes the A or AAAA RRset; past 64 KiB records are left out.
    mutating func append(_ addresses: [IPAddress], _ family: IPFamily, ttl: UInt32, _ flags: RRsetFlags = .none) {
        beginRRset()
        for address in addresses {
            if append(record: RecordHead(address, ttl: ttl).octets) == nil { break }
        }
        endRecords()
        endRRset(AddressRecords.type(of: family), flags, recordSize: Self.recordSize(of: family))
    }

    /// Writes addresses that are only searched in.
    mutating func append(hiddenMembers addresses: [IPAddress], _ family: IPFamily) {
        beginRRset()
        for address in addresses {
            let record = RecordHead(address, ttl: 0)
            append(member: record.octets.extracting(last: address.octetCount))
        }
        endRecords()
        endRRset(AddressRecords.type(of: family), .hidden.union(.members), recordSize: family == .ipv4 ? 4 : 16)
    }

    /// Writes an RRset that has the records of the ancestor's.
    mutating func append(borrowed type: RRType, _ flags: RRsetFlags) {
        beginRRset()
        endRecords()
        endRRset(type, flags.union(.borrowed))
    }

    /// How many addresses an RRset holds whole.
    static func addressCountMax(_ family: IPFamily) -> Int { recordOctetCountMax / recordSize(of: family) }

    private static func recordSize(of family: IPFamily) -> Int {
        NameBlock.Layout.recordHeader + (family == .ipv4 ? 4 : 16)
    }
}
