import ClusterZone
package import DNSWire
package import DNSZone
import NetworkAddress

/// Compiled answers of a `hosts` directive: addresses by name, names by address; immutable, and held by reference.
package final class HostsTable: Sendable {
    package let table: NameTable
    package let entryCount: Int

    package init(_ list: consuming HostsList, definition: HostsDefinition) {
        entryCount = list.entries.count
        var compilation = HostsCompilation(list, ttl: definition.ttl)
        compilation.addAddresses()
        if definition.answersReverse { compilation.addPointers() }
        table = compilation.finish()
    }

    /// The table of the lines in the Corefile.
    package convenience init(inline definition: HostsDefinition) {
        self.init(HostsList(definition), definition: definition)
    }

    /// Writes the records of the type asked, perhaps none; false for a name that is not here.
    package func answer(_ query: borrowing Query, _ response: inout ResponseWriter) -> Bool {
        let table = table
        guard let block = table.block(for: query.name) else { return false }
        response.flags |= Query.Flag.authoritative
        if let rrset = block.rrset(query.qtype) { response.answer(rrset) }
        return true
    }
}

/// Turns the entries of a list into blocks, name by name and then address by address.
private struct HostsCompilation: ~Copyable {
    /// Blocks are handed on when there are so many octets of them.
    private static let flushOctetCount = 1 << 20

    private var list: HostsList
    private var builder: NameTableBuilder
    private var writer = NameBlockWriter()
    /// An owner pointer, TYPE, CLASS, TTL, RDLENGTH and RDATA; A and AAAA records differ in their last octets alone.
    private var addressRecords: (ipv4: [UInt8], ipv6: [UInt8])
    private let pointerHead: [UInt8]
    /// What an RRset has already.
    private var seenAddresses = Set<IPAddress>()
    private var seenNames = Set<UInt64>()

    init(_ list: consuming HostsList, ttl: UInt32) {
        builder = NameTableBuilder(expectedNameCount: list.entries.count)
        self.list = list
        func record(_ type: RRType, _ octetCount: Int) -> [UInt8] {
            var record: [UInt8] = []
            record.appendRecord(
                owner: [0xC0, 0x0C], type: type, ttl: ttl, rdata: [UInt8](repeating: 0, count: octetCount))
            return record
        }
        addressRecords = (record(.a, 4), record(.aaaa, 16))
        pointerHead = record(.ptr, 0).dropLast(2)
    }

    consuming func finish() -> NameTable {
        builder.append(blocks: writer.octets)
        return builder.finish()
    }

    mutating func addAddresses() {
        list.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.offset < $1.offset }
        var start = 0
        while start < list.entries.count {
            let end = endOfGroup(from: start) { $0.hash == $1.hash }
            writeAddresses(start..<end)
            start = end
            flush()
        }
    }

    mutating func addPointers() {
        list.sort { $0.address != $1.address ? $0.address < $1.address : $0.offset < $1.offset }
        var start = 0
        while start < list.entries.count {
            let end = endOfGroup(from: start) { $0.address == $1.address }
            writePointers(start..<end)
            start = end
            flush()
        }
    }

    /// Where the run of entries that belong to the one at `start` ends.
    private func endOfGroup(from start: Int, _ belong: (HostsList.Entry, HostsList.Entry) -> Bool) -> Int {
        var end = start + 1
        while end < list.entries.count, belong(list.entries[start], list.entries[end]) { end += 1 }
        return end
    }

    private mutating func flush() {
        guard writer.octets.count >= Self.flushOctetCount else { return }
        builder.append(blocks: writer.octets)
        writer.removeAll()
    }

    private mutating func writeAddresses(_ group: Range<Int>) {
        let ipv4Count = group.count { list.entries[$0].address.isIPv4 }
        let (hasIPv4, hasIPv6) = (ipv4Count > 0, ipv4Count < group.count)
        let range = list.entries[group.lowerBound].range
        let names = list.names
        writer.begin(owner: names.rawSpan.extracting(range), rrsetCount: hasIPv4 && hasIPv6 ? 2 : 1)
        if hasIPv4 { writeAddresses(group, isIPv4: true) }
        if hasIPv6 { writeAddresses(group, isIPv4: false) }
        writer.end()
    }

    /// Writes the addresses of one family, each once, until no response could hold more.
    private mutating func writeAddresses(_ group: Range<Int>, isIPv4: Bool) {
        seenAddresses.removeAll(keepingCapacity: true)
        writer.beginRRset()
        for index in group {
            let address = list.entries[index].address
            guard address.isIPv4 == isIPv4 else { continue }
            if group.count > 1, !seenAddresses.insert(address).inserted { continue }
            guard write(address) else { break }
        }
        writer.endRecords()
        writer.endRRset(
            isIPv4 ? .a : .aaaa, recordSize: isIPv4 ? addressRecords.ipv4.count : addressRecords.ipv6.count)
    }

    private mutating func write(_ address: IPAddress) -> Bool {
        let head = NameBlock.Layout.recordHeader
        if address.isIPv4 {
            for index in 0..<4 { addressRecords.ipv4[head + index] = address[octet: index] }
        } else {
            for index in 0..<16 { addressRecords.ipv6[head + index] = address[octet: index] }
        }
        let record = address.isIPv4 ? addressRecords.ipv4 : addressRecords.ipv6
        return writer.append(record: record.rawSpan) != nil
    }

    /// Writes the names of one address, each once, until no response could hold more.
    private mutating func writePointers(_ group: Range<Int>) {
        seenNames.removeAll(keepingCapacity: true)
        let owner = ReverseName.wire(of: list.entries[group.lowerBound].address)
        writer.begin(owner: owner.rawSpan, rrsetCount: 1)
        writer.beginRRset()
        let names = list.names
        var record: [UInt8] = []
        for index in group {
            let entry = list.entries[index]
            if group.count > 1, !seenNames.insert(entry.hash).inserted { continue }
            record.removeAll(keepingCapacity: true)
            record += pointerHead
            record.append(bigEndian: UInt16(entry.octetCount))
            record.append(octetsOf: names.rawSpan.extracting(entry.range))
            guard writer.append(record: record.rawSpan) != nil else { break }
        }
        writer.endRecords()
        writer.endRRset(.ptr)
        writer.end()
    }
}
