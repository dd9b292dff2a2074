package import DNSWire

/// Turns the RRsets of one owner into the octets of a `NameBlock`.
package enum NameBlockBuilder {
    /// A message is never longer, so records past this many octets could not be sent anyway.
    private static let recordOctetCountMax = 65_535
    /// Glue points back at a name in the answer; a pointer reaches 0x3FFF, question and header come first.
    private static let glueReachMax = 0x3FFF - 12 - 255 - 4

    private static let ownerPointer: [UInt8] = [0xC0, 0x0C]

    /// Takes RRsets of different types, at least one record each (hidden ones may be empty); records past 64 KiB are left out.
    ///
    /// `payload` is kept behind the directory of a name without RRsets (an empty non-terminal's own data).
    package static func build(owner: Name, rrsets: [RRset], payload: [UInt8] = []) -> [UInt8] {
        precondition(payload.isEmpty || rrsets.isEmpty, "only an empty non-terminal has a payload")
        var block: [UInt8] = []
        append(UInt16(owner.wire.count), to: &block)
        append(UInt16(rrsets.count), to: &block)
        append(UInt32(0), to: &block)
        block += owner.wire.map(CaseFolding.fold)
        pad(&block)
        let directory = block.count
        block += [UInt8](repeating: 0, count: rrsets.count * NameBlock.Layout.directoryEntry)
        for (index, rrset) in rrsets.enumerated() {
            let entry = appendRecords(of: rrset, to: &block)
            let at = directory + index * NameBlock.Layout.directoryEntry
            block.replaceSubrange(at..<at + entry.count, with: entry)
        }
        block += payload
        pad(&block)
        var size: [UInt8] = []
        append(UInt32(block.count), to: &size)
        block.replaceSubrange(4..<8, with: size)
        return block
    }

    /// Appends records and glue; returns the directory entry.
    private static func appendRecords(of rrset: RRset, to block: inout [UInt8]) -> [UInt8] {
        let start = block.count
        var targets: [Int] = []
        for rdata in rrset.rdatas {
            let size = NameBlock.Layout.recordHeader + rdata.count
            guard block.count - start + size <= recordOctetCountMax else { break }
            targets.append(block.count - start + NameBlock.Layout.recordHeader + rrset.targetOffset)
            block.appendRecord(owner: ownerPointer, type: rrset.type, ttl: rrset.ttl, rdata: rdata)
        }
        let length = block.count - start
        var glueCount: UInt16 = 0
        let glueStart = block.count
        for glue in rrset.glue where block.count - glueStart < recordOctetCountMax {
            guard glue.record < targets.count, targets[glue.record] <= glueReachMax else { continue }
            var owner: [UInt8] = []
            append(UInt16(targets[glue.record]), to: &owner)
            block.appendRecord(owner: owner, type: glue.type, ttl: rrset.ttl, rdata: glue.rdata)
            glueCount += 1
        }
        var entry: [UInt8] = []
        append(rrset.type.rawValue, to: &entry)
        append(UInt16(targets.count), to: &entry)
        append(glueCount, to: &entry)
        entry.append(uniformSize(of: rrset))
        entry.append(rrset.isHidden ? NameBlock.Layout.hidden : 0)
        append(UInt32(start), to: &entry)
        append(UInt32(length), to: &entry)
        return entry
    }

    private static func uniformSize(of rrset: RRset) -> UInt8 {
        guard rrset.type == .a || rrset.type == .aaaa, let size = rrset.rdatas.first?.count,
            rrset.rdatas.allSatisfy({ $0.count == size })
        else { return 0 }
        return UInt8(NameBlock.Layout.recordHeader + size)
    }

    private static func pad(_ block: inout [UInt8]) {
        block += [UInt8](repeating: 0, count: -block.count & 7)
    }

    /// Appends in little-endian order, as `NameBlock` reads.
    private static func append(_ value: some FixedWidthInteger, to octets: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            octets.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
