public import DNSWire

/// Turns the RRsets of one owner into the octets of a `NameBlock`.
public enum NameBlockBuilder {
    private static let ownerPointer: [UInt8] = [0xC0, 0x0C]

    /// Takes RRsets of different types, at least one record each; records past 64 KiB are left out.
    ///
    /// A name without RRsets is an empty non-terminal.
    public static func build(owner: Name, rrsets: [RRset]) -> [UInt8] {
        var writer = NameBlockWriter()
        writer.begin(owner: owner.folded.wire.rawSpan, rrsetCount: rrsets.count)
        for rrset in rrsets { append(rrset, to: &writer) }
        writer.end()
        return writer.octets
    }

    private static func append(_ rrset: RRset, to writer: inout NameBlockWriter) {
        var targets: [Int] = []
        writer.beginRRset()
        for rdata in rrset.rdatas {
            var record: [UInt8] = []
            record.appendRecord(owner: ownerPointer, type: rrset.type, ttl: rrset.ttl, rdata: rdata)
            guard let start = writer.append(record: record.rawSpan) else { break }
            targets.append(start + NameBlock.Layout.recordHeader + rrset.targetOffset)
        }
        writer.endRecords()
        for glue in rrset.glue where glue.record < targets.count {
            var record: [UInt8] = []
            record.appendRecord(owner: ownerPointer, type: glue.type, ttl: rrset.ttl, rdata: glue.rdata)
            writer.append(glue: record.rawSpan, for: targets[glue.record])
        }
        writer.endRRset(rrset.type, recordSize: uniformSize(of: rrset))
    }

    private static func uniformSize(of rrset: RRset) -> Int {
        guard rrset.type == .a || rrset.type == .aaaa, let size = rrset.rdatas.first?.count,
            rrset.rdatas.allSatisfy({ $0.count == size })
        else { return 0 }
        return NameBlock.Layout.recordHeader + size
    }
}
