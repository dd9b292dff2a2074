import ClusterZone
package import DNSWire
package import DNSZone
import NetworkAddress

/// Compiled answers of a `hosts` directive: addresses by name, names by address; immutable, and held by reference.
package final class HostsTable: Sendable {
    package let table: NameTable
    package let entryCount: Int
    private let pointers: HostsPointers

    package init(_ list: consuming HostsList, definition: HostsDefinition) {
        entryCount = list.nameCount
        var compilation = HostsCompilation(ttl: definition.ttl, answersReverse: definition.answersReverse)
        table = compilation.table(of: list)
        pointers = HostsPointers(compilation.pointers, ttl: definition.ttl)
    }

    /// The table of the lines in the Corefile.
    package convenience init(inline definition: HostsDefinition) {
        self.init(HostsList(definition), definition: definition)
    }

    /// Writes the records of the type asked, perhaps none; false for a name that is not here.
    package func answer(_ query: borrowing Query, _ response: inout ResponseWriter) -> Bool {
        let table = table
        if let block = table.block(for: query.name) {
            response.flags |= Query.Flag.authoritative
            if let rrset = block.rrset(query.qtype) { response.answer(rrset) }
            return true
        }
        guard let address = ReverseName.address(of: query.name) else { return false }
        return pointers.answer(address, query.qtype, &response)
    }
}

/// The records that hosts files give, but for their RDATA.
struct HostsRecord: Sendable {
    /// A pointer to QNAME, TYPE, CLASS and TTL.
    private let head: [UInt8]

    init(_ type: RRType, ttl: UInt32) {
        var record: [UInt8] = []
        record.appendRecord(owner: [0xC0, 0x0C], type: type, ttl: ttl, rdata: [])
        head = record.dropLast(2)
    }

    func append(_ rdata: RawSpan, to octets: inout [UInt8]) {
        octets += head
        octets.append(bigEndian: UInt16(truncatingIfNeeded: rdata.byteCount))
        octets.append(octetsOf: rdata)
    }

    func append(_ address: IPAddress, to octets: inout [UInt8]) {
        let words: InlineArray<2, UInt64> = [address.high.bigEndian, address.low.bigEndian]
        // SAFETY: words have no padding.
        append(unsafe words.span.bytes.extracting(last: address.octetCount), to: &octets)
    }
}

/// Turns lines into the blocks of names, and hands each on to those of its address.
private struct HostsCompilation {
    /// Blocks are handed on when there are so many octets of them.
    private static let flushOctetCount = 1 << 20

    /// By the keys of addresses; empty unless reverse names are answered.
    private(set) var pointers = HostsParts()
    private let answersReverse: Bool
    private var blocks = NameBlockWriter()
    private let ipv4: HostsRecord
    private let ipv6: HostsRecord
    /// Memory for a record.
    private var record: [UInt8] = []
    private var seen = Set<IPAddress>()

    init(ttl: UInt32, answersReverse: Bool) {
        self.answersReverse = answersReverse
        ipv4 = HostsRecord(.a, ttl: ttl)
        ipv6 = HostsRecord(.aaaa, ttl: ttl)
    }

    mutating func table(of list: consuming HostsList) -> NameTable {
        var builder = NameTableBuilder(expectedNameCount: list.nameCount)
        for index in 0..<HostsParts.count {
            let part = list.takePart(index)
            for group in 0..<part.groupCount { write(part.group(group), part) }
            guard blocks.octets.count >= Self.flushOctetCount || index == HostsParts.count - 1 else { continue }
            builder.append(blocks: blocks.octets)
            blocks.removeAll()
        }
        return builder.finish()
    }

    private mutating func write(_ group: Range<Int>, _ part: HostsPart) {
        var (hasIPv4, hasIPv6) = (false, false)
        for index in group {
            let line = part[index]
            if line.address.isIPv4 { hasIPv4 = true } else { hasIPv6 = true }
            guard answersReverse else { continue }
            pointers.append(
                HostsLine(
                    key: HostsPointers.key(line.address), address: line.address, sequence: line.sequence,
                    name: line.name))
        }
        blocks.begin(owner: part[group.lowerBound].name, rrsetCount: hasIPv4 && hasIPv6 ? 2 : 1)
        if hasIPv4 { writeAddresses(group, part, isIPv4: true) }
        if hasIPv6 { writeAddresses(group, part, isIPv4: false) }
        blocks.end()
    }

    /// Writes the addresses of one family, each once, until no response could hold more.
    private mutating func writeAddresses(_ group: Range<Int>, _ part: HostsPart, isIPv4: Bool) {
        if group.count > 1 { seen.removeAll(keepingCapacity: true) }
        blocks.beginRRset()
        for index in group {
            let address = part[index].address
            guard address.isIPv4 == isIPv4, group.count == 1 || seen.insert(address).inserted else { continue }
            record.removeAll(keepingCapacity: true)
            (isIPv4 ? ipv4 : ipv6).append(address, to: &record)
            let record = record
            guard blocks.append(record: record.rawSpan) != nil else { break }
        }
        blocks.endRecords()
        blocks.endRRset(isIPv4 ? .a : .aaaa, recordSize: NameBlock.Layout.recordHeader + (isIPv4 ? 4 : 16))
    }
}
