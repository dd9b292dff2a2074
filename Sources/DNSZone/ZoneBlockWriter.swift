import DNSWire

/// Writes the blocks of a zone's names, those that are answered and those that are not.
struct ZoneBlockWriter {
    /// Blocks are handed on when they are this many octets.
    private static let chunkOctetCount = 1 << 16
    private static let ownerPointer: [UInt8] = [0xC0, 0x0C]

    private var answered = NameBlockWriter()
    private var unanswered = NameBlockWriter()
    /// The record being written, in memory that stays.
    private var record: [UInt8] = []

    mutating func write(
        _ name: Int, _ sets: [[Int]], of builder: borrowing ZoneBuilder, _ table: inout NameTableBuilder,
        _ rest: inout NameTableBuilder
    ) {
        let entry = builder.names.entries[name]
        switch entry.state {
        case .authoritative, .unknown: Self.write(entry, Self.ordered(sets, builder), builder, to: &answered, &record)
        case .cut:
            let kept = sets.filter { Self.belongsToParent(builder.records[$0[0]].type) }
            Self.write(entry, Self.ordered(kept, builder), builder, to: &answered, &record)
            let others = sets.filter { !Self.belongsToParent(builder.records[$0[0]].type) }
            if !others.isEmpty { Self.write(entry, others, builder, to: &unanswered, &record) }
        case .belowCut, .belowRedirection, .hashed:
            if !sets.isEmpty { Self.write(entry, sets, builder, to: &unanswered, &record) }
        }
        if answered.octets.count > Self.chunkOctetCount {
            table.append(blocks: answered.octets)
            answered.removeAll()
        }
        if unanswered.octets.count > Self.chunkOctetCount {
            rest.append(blocks: unanswered.octets)
            unanswered.removeAll()
        }
    }

    mutating func flush(_ table: inout NameTableBuilder, _ rest: inout NameTableBuilder) {
        table.append(blocks: answered.octets)
        rest.append(blocks: unanswered.octets)
    }

    /// What the parent zone has at a zone cut: NS, DS, and NSEC with the signatures (RFC 4035 §2.3, §2.4).
    private static func belongsToParent(_ type: UInt16) -> Bool {
        switch RRType(rawValue: type) {
        case .ns, .ds, .nsec, .rrsig: true
        default: false
        }
    }

    /// The RRset that says what kind of node this is comes first: NS of a zone cut, DNAME.
    private static func ordered(_ sets: [[Int]], _ builder: borrowing ZoneBuilder) -> [[Int]] {
        guard sets.count > 1 else { return sets }
        var ordered: [[Int]] = []
        ordered.reserveCapacity(sets.count)
        for rank in 0...3 {
            for set in sets where Self.rank(builder.records[set[0]].type) == rank { ordered.append(set) }
        }
        return ordered
    }

    private static func rank(_ type: UInt16) -> Int {
        switch RRType(rawValue: type) {
        case .dname: 0
        case .ns: 1
        case .rrsig, .nsec: 3
        default: 2
        }
    }

    private static func write(
        _ entry: ZoneNames.Entry, _ sets: [[Int]], _ builder: borrowing ZoneBuilder, to writer: inout NameBlockWriter,
        _ record: inout [UInt8]
    ) {
        // Below a DNAME there is nothing, a wildcard included.
        let isRedirection = sets.first.map { builder.records[$0[0]].type == RRType.dname.rawValue } ?? false
        let marks = entry.hasWildcard && entry.state == .authoritative && !isRedirection
        writer.begin(
            owner: builder.names.octets.rawSpan.extracting(entry.range), rrsetCount: sets.count + (marks ? 1 : 0))
        if marks {
            writer.beginRRset()
            writer.endRecords()
            writer.endRRset(Zone.wildcardMark, .hidden)
        }
        for set in sets {
            writer.beginRRset()
            for index in set {
                let source = builder.records[index]
                record.removeAll(keepingCapacity: true)
                record.append(contentsOf: ownerPointer)
                record.append(bigEndian: source.type)
                record.append(bigEndian: RRClass.internet.rawValue)
                record.append(bigEndian: source.ttl)
                record.append(bigEndian: source.octetCount)
                record.append(octetsOf: builder.rdata.rawSpan.extracting(source.range))
                _ = writer.append(record: record.rawSpan)
            }
            writer.endRecords()
            let type = RRType(rawValue: builder.records[set[0]].type)
            let size = type == .a || type == .aaaa ? NameBlock.Layout.recordHeader + (type == .a ? 4 : 16) : 0
            writer.endRRset(type, recordSize: size)
        }
        writer.end()
    }
}
