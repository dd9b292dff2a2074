import ClusterZone
package import DNSWire
package import DNSZone
package import NetworkAddress

/// One line of a hosts file: an address and its names, the first the canonical one.
package struct HostsEntry: Hashable, Sendable {
    package var address: IPAddress
    package var names: [Name]

    package init(address: IPAddress, names: [Name]) {
        self.address = address
        self.names = names
    }

    /// Reads a hosts file (hosts(5)): what is no address and name is passed over, as every reader of such files does.
    package static func parse(_ text: String) -> [HostsEntry] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, let address = IPAddress(first.prefix { $0 != "%" }) else { return nil }
            let names = words.dropFirst().compactMap { try? Name($0) }
            return names.isEmpty ? nil : HostsEntry(address: address, names: names)
        }
    }
}

/// Compiled answers of a `hosts` directive: addresses by name, names by address; immutable, and held by reference.
package final class HostsTable: Sendable {
    package let table: NameTable
    package let entryCount: Int

    package init(_ entries: [HostsEntry], definition: HostsDefinition) {
        var addresses: [Name: [IPAddress]] = [:]
        var pointers: [IPAddress: [Name]] = [:]
        for entry in entries {
            for name in entry.names {
                addresses[name, default: []].append(entry.address)
                pointers[entry.address, default: []].append(name)
            }
        }
        var blocks: [[UInt8]] = []
        for (name, addresses) in addresses {
            blocks.append(NameBlockBuilder.build(owner: name, rrsets: Self.rrsets(addresses, ttl: definition.ttl)))
        }
        for (address, names) in pointers where definition.answersReverse {
            let rrset = RRset(type: .ptr, ttl: definition.ttl, rdatas: Self.unique(names.map(\.wire)))
            blocks.append(NameBlockBuilder.build(owner: ReverseName.name(of: address), rrsets: [rrset]))
        }
        table = NameTable(blocks: blocks)
        entryCount = entries.reduce(0) { $0 + $1.names.count }
    }

    /// Writes the records of the type asked, perhaps none; false for a name that is not here.
    package func answer(_ query: borrowing Query, _ response: inout ResponseWriter) -> Bool {
        let table = table
        guard let block = table.block(for: query.name) else { return false }
        response.flags |= Query.Flag.authoritative
        if let rrset = block.rrset(query.qtype) { response.answer(rrset) }
        return true
    }

    private static func rrsets(_ addresses: [IPAddress], ttl: UInt32) -> [RRset] {
        IPFamily.allCases.compactMap { family in
            let own = unique(addresses.filter { $0.family == family }.map(\.octets))
            return own.isEmpty ? nil : RRset(type: family == .ipv4 ? .a : .aaaa, ttl: ttl, rdatas: own)
        }
    }

    private static func unique(_ rdatas: [[UInt8]]) -> [[UInt8]] {
        var seen = Set<[UInt8]>()
        return rdatas.filter { seen.insert($0).inserted }
    }
}
