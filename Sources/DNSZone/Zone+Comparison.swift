import DNSWire

extension Zone {
    /// What leads from this version of a zone to `next`: names whose blocks are alike cost a look-up, all others their
    /// records.
    ///
    /// nil where the two differ in more than `octetCountMax` octets of records, or are no versions of one zone.
    public func difference(to next: Zone, octetCountMax: Int) -> ZoneDifference? {
        guard apex == next.apex else { return nil }
        var (removed, added) = (Set<ZoneRecord>(), Set<ZoneRecord>())
        var octetCount = 0
        Self.collect(from: table, notIn: next.table, octetCountMax, &octetCount, &removed)
        Self.collect(from: unanswered, notIn: next.unanswered, octetCountMax, &octetCount, &removed)
        Self.collect(from: next.table, notIn: table, octetCountMax, &octetCount, &added)
        Self.collect(from: next.unanswered, notIn: unanswered, octetCountMax, &octetCount, &added)
        // A name's block changes as a whole, and a name that a cut begins to hide moves to the other table.
        let common = removed.intersection(added)
        let difference = ZoneDifference(
            oldSOA: soa, newSOA: next.soa, removed: Array(removed.subtracting(common)),
            added: Array(added.subtracting(common)))
        return octetCount <= octetCountMax ? difference : nil
    }

    private static func collect(
        from table: NameTable, notIn other: NameTable, _ octetCountMax: Int, _ octetCount: inout Int,
        _ records: inout Set<ZoneRecord>
    ) {
        table.forEachBlock { block in
            guard octetCount <= octetCountMax, !isAlike(block, other) else { return }
            forEachRecord(of: block) { record in
                octetCount += record.octetCount
                records.insert(record)
            }
        }
    }

    private static func isAlike(_ block: borrowing NameBlock, _ other: NameTable) -> Bool {
        guard let match = other.block(hash: block.nameHash) else { return false }
        return block.octets.isEqual(match.octets)
    }
}

extension RawSpan {
    /// Whether both show the same octets.
    func isEqual(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var at = 0
        while at + 8 <= byteCount {
            guard self[word64: at] == other[word64: at] else { return false }
            at += 8
        }
        while at < byteCount {
            guard self[unchecked8: at] == other[unchecked8: at] else { return false }
            at += 1
        }
        return true
    }
}
