import DNSWire
package import DNSZone
import NetworkAddress

/// The zone as a list: for zone files and for tests, never on the way of a query.
extension ClusterZone {
    /// Calls `body` with every record that a question is answered with, in no order.
    ///
    /// Among them the names of endpoints and the PTR records, which are computed. Not among them: SOA, glue, and names
    /// that stand for others (`pods insecure`, SRV questions with `_` or without underscores).
    package func forEachRecord(_ body: (ZoneRecord) -> Void) {
        table.forEachRecord(ttl: options.ttl, body)
        reverse.forEachAddress { address, pointers in forEachRecord(of: address, pointers, body) }
    }

    /// The PTR records of one address; one of a Service's own stands for all (rule 9).
    func forEachRecord(of address: IPAddress, _ pointers: [Pointer], _ body: (ZoneRecord) -> Void) {
        let owned = pointers.filter { $0.label == .service }
        for pointer in owned.isEmpty ? pointers : owned {
            guard let target = pointer.target(of: address, in: table) else { continue }
            let owner = ReverseName.name(of: address)
            body(ZoneRecord(owner: owner, type: .ptr, ttl: options.ttl, rdata: target.wire))
        }
    }
}

extension NameTable {
    /// Calls `body` with every record of the blocks, those of endpoints whose names are computed among them.
    ///
    /// `ttl` is that of computed records, in seconds.
    func forEachRecord(ttl: UInt32, _ body: (ZoneRecord) -> Void) {
        forEachBlock { forEachRecord(of: $0, ttl: ttl, body) }
    }

    /// The records of one block of the table.
    func forEachRecord(of block: borrowing NameBlock, ttl: UInt32, _ body: (ZoneRecord) -> Void) {
        guard let owner = Name(folded: block.name) else { return }
        for index in 0..<block.rrsetCount {
            let rrset = block.rrset(at: index)
            if !rrset.isHidden { forEachRecord(of: rrset, in: block, owner: owner, body) }
            if rrset.flags.contains(.members) { forEachMember(of: rrset, below: owner, ttl: ttl, body) }
        }
    }

    private func forEachRecord(
        of rrset: RRsetView, in block: borrowing NameBlock, owner: Name, _ body: (ZoneRecord) -> Void
    ) {
        if rrset.flags.contains(.borrowed) {
            let hash = NameHasher.hash(block.ancestor(rrset.flags.ancestorLabelCount))
            guard let lender = self.block(hash: hash), let lent = lender.rrset(rrset.type) else { return }
            return forEachRecord(of: lent, in: lender, owner: owner, body)
        }
        var at = 0
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at, suffixOctetCount: rrset.suffix.byteCount)
            at += record.byteCount
            var rdata: [UInt8] = []
            rdata.append(octetsOf: record.extracting(NameBlock.Layout.recordHeader..<record.byteCount))
            rdata.append(octetsOf: rrset.suffix)
            body(ZoneRecord(owner: owner, type: rrset.type, ttl: UInt32(bigEndian: record[word32: 6]), rdata: rdata))
        }
    }

    /// Where another RRset has the name, it has the address too.
    private func forEachMember(
        of rrset: RRsetView, below parent: Name, ttl: UInt32, _ body: (ZoneRecord) -> Void
    ) {
        let octetCount = rrset.type == .a ? 4 : 16
        for end in stride(from: rrset.recordSize, through: rrset.records.byteCount, by: rrset.recordSize) {
            var rdata: [UInt8] = []
            rdata.append(octetsOf: rrset.records.extracting(end - octetCount..<end))
            guard let address = IPAddress(octets: rdata),
                let owner = try? parent.prepending(EndpointNames.dashedOctets(address))
            else { continue }
            var folded = FoldedName()
            folded.set(owner)
            if !hasBlock(folded) { body(ZoneRecord(owner: owner, type: rrset.type, ttl: ttl, rdata: rdata)) }
        }
    }

    private func hasBlock(_ name: borrowing FoldedName) -> Bool { block(for: name) != nil }
}
