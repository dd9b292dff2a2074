import DNSWire

/// What a difference makes of the blocks of an unsigned zone: those that change, come and go.
struct ZoneEdit {
    private struct Owner {
        var removed: [ZoneRecord] = []
        var added: [ZoneRecord] = []
        /// All that the name has afterwards, in the order that a zone built as a whole has them in.
        var records: [ZoneRecord] = []

        /// Up to so many records are compared each with each.
        private static let walkCountMax = 32

        /// Takes what the name had before; false where the difference does not fit to it.
        mutating func take(_ old: [ZoneRecord]) -> Bool {
            records.reserveCapacity(old.count + added.count)
            return removed.count + added.count <= Self.walkCountMax ? takeByWalking(old) : takeByHashing(old)
        }

        private mutating func takeByWalking(_ old: [ZoneRecord]) -> Bool {
            var gone: [ZoneRecord] = []
            for record in removed where !gone.contains(where: record.hasData(of:)) { gone.append(record) }
            for record in old {
                if let index = gone.firstIndex(where: record.hasData(of:)) {
                    gone.swapAt(index, gone.count - 1)
                    gone.removeLast()
                } else if added.contains(where: record.hasData(of:)) {
                    return false
                } else {
                    records.append(record)
                }
            }
            return gone.isEmpty
        }

        private mutating func takeByHashing(_ old: [ZoneRecord]) -> Bool {
            var gone = Set(removed.map(\.withoutTTL))
            let new = Set(added.map(\.withoutTTL))
            for record in old {
                let key = record.withoutTTL
                if gone.remove(key) != nil { continue }
                if new.contains(key) { return false }
                records.append(record)
            }
            return gone.isEmpty
        }
    }

    /// Types that say how other names are answered.
    private static let structuralTypes: Set<RRType> = [
        .soa, .dname, .dnskey, .rrsig, .nsec, .nsec3, .nsec3Parameters,
    ]

    private let difference: ZoneDifference
    private let zone: Zone
    private var owners: [Name: Owner] = [:]
    /// The new one, checked once `settle` has said yes.
    private(set) var soa: ZoneRecord
    /// The new block of each name that changes; nil where it goes.
    private(set) var edits: [Name: [UInt8]?] = [:]
    /// How many more names lie right below others than before, by the hash of the upper name.
    private(set) var childCountChanges: [UInt64: Int] = [:]

    /// nil where the difference may change how names are answered that it does not name.
    init?(_ difference: ZoneDifference, of zone: Zone) {
        self.difference = difference
        self.zone = zone
        soa = difference.newSOA
        for record in difference.removed where !isStructural(record) {
            owners[record.owner, default: Owner()].removed.append(record)
        }
        for record in difference.added where !isStructural(record) {
            owners[record.owner, default: Owner()].added.append(record)
        }
        guard !difference.removed.contains(where: isStructural), !difference.added.contains(where: isStructural)
        else { return nil }
        var ordinary: Set<Name> = []
        for owner in owners.keys {
            guard zone.suffix.covers(owner.wire.rawSpan), isOrdinary(owner, &ordinary) else { return nil }
        }
    }

    private func isStructural(_ record: ZoneRecord) -> Bool {
        Self.structuralTypes.contains(record.type) || record.type == .ns && record.owner != zone.apex
    }

    /// Whether a name of the zone is neither at nor below a zone cut, a DNAME or a hashed name; `known` are names that are
    /// known not to be.
    private func isOrdinary(_ owner: Name, _ known: inout Set<Name>) -> Bool {
        var (name, passed) = (owner, [Name]())
        while !known.contains(name) {
            if zone.hasRRset(.dname, name) { return false }
            passed.append(name)
            guard name != zone.apex, let parent = name.parent else { break }
            if zone.unanswered.count > 0, zone.unanswered.contains(name) { return false }
            if zone.hasRRset(.ns, name) { return false }
            name = parent
        }
        known.formUnion(passed)
        return true
    }

    /// Finds out what becomes of every block; false where the whole zone has to be built, which finds what is wrong.
    ///
    /// `childCounts` is by the hash of the upper name, before the difference. Throws `differenceDoesNotApply`.
    mutating func settle(_ childCounts: [UInt64: Int]) throws(ZoneError) -> Bool {
        try findRecords()
        guard let blocks = layOut() else { return false }
        soa = blocks.soa
        // Names come first: what has children then is not taken away in between.
        for (name, owner) in owners where !owner.records.isEmpty {
            guard let block = blocks.table.copy(of: name), exists(name) || addAncestors(of: name) else { return false }
            edits[name] = .some(block)
        }
        for (name, owner) in owners where owner.records.isEmpty {
            guard remove(name, childCounts) else { return false }
        }
        return true
    }

    /// Compares by owner, TYPE and RDATA (RFC 1995 §4).
    private mutating func findRecords() throws(ZoneError) {
        for index in owners.indices {
            let name = owners.keys[index]
            let records = zone.records(of: name)
            guard owners.values[index].take(records) else {
                throw ZoneError(.differenceDoesNotApply, owner: name, line: 0)
            }
        }
        for record in difference.added { owners[record.owner]?.records.append(record) }
    }

    /// A zone of the names with records alone, which has the same blocks for them; nil where there is no such zone.
    private func layOut() -> Zone? {
        var builder = ZoneBuilder(apex: zone.apex)
        do throws(ZoneError) {
            try builder.append(difference.newSOA)
            if owners[zone.apex] == nil {
                for record in zone.records(of: zone.apex) where record.type == .ns { try builder.append(record) }
            }
            for (name, owner) in owners {
                for record in owner.records { try builder.append(record) }
                // Something there has the block say that there is a wildcard.
                guard zone.hasWildcard(below: name), let wildcard = try? name.prepending("*"),
                    owners[wildcard]?.records.isEmpty ?? true
                else { continue }
                try builder.append(ZoneRecord(owner: wildcard, type: .a, ttl: 0, rdata: [0, 0, 0, 0]))
            }
            return try builder.finish()
        } catch {
            return nil
        }
    }

    private func exists(_ name: Name) -> Bool {
        if let edit = edits[name] { return edit != nil }
        return zone.table.contains(name)
    }

    /// Enters a name that was not there below its ancestors; false where a wildcard comes with that.
    private mutating func addAncestors(of name: Name) -> Bool {
        var name = name
        while name != zone.apex, let parent = name.parent {
            if name.isWildcard { return false }
            childCountChanges[parent.zoneHash, default: 0] += 1
            if exists(parent) { return true }
            edits[parent] = .some(NameBlockBuilder.build(owner: parent, rrsets: []))
            name = parent
        }
        return true
    }

    /// Takes a name's records away, and with them the ancestors that nothing is left for; false where a wildcard goes.
    private mutating func remove(_ name: Name, _ childCounts: [UInt64: Int]) -> Bool {
        guard exists(name) else { return true }
        if childCount(name, childCounts) > 0 {
            edits[name] = .some(NameBlockBuilder.build(owner: name, rrsets: []))
            return !zone.hasWildcard(below: name)
        }
        var name = name
        while name != zone.apex, let parent = name.parent {
            if name.isWildcard { return false }
            edits.updateValue(nil, forKey: name)
            childCountChanges[parent.zoneHash, default: 0] -= 1
            if childCount(parent, childCounts) > 0 || hasRecords(parent) { return true }
            name = parent
        }
        return true
    }

    private func childCount(_ name: Name, _ childCounts: [UInt64: Int]) -> Int {
        let hash = name.zoneHash
        return (childCounts[hash] ?? 0) + (childCountChanges[hash] ?? 0)
    }

    private func hasRecords(_ name: Name) -> Bool {
        owners[name].map { !$0.records.isEmpty } ?? !zone.records(of: name).isEmpty
    }
}

extension Zone {
    /// The records of one answered name but the SOA.
    fileprivate func records(of owner: Name) -> [ZoneRecord] {
        let table = table
        guard let block = table.block(hash: owner.zoneHash) else { return [] }
        var records: [ZoneRecord] = []
        for index in 0..<block.rrsetCount {
            Self.forEachRecord(of: block.rrset(at: index), owner) { records.append($0) }
        }
        return records
    }

    fileprivate func hasRRset(_ type: RRType, _ owner: Name, hidden: Bool = false) -> Bool {
        let table = table
        guard let block = table.block(hash: owner.zoneHash) else { return false }
        return block.rrset(type, hidden: hidden) != nil
    }

    fileprivate func hasWildcard(below owner: Name) -> Bool { hasRRset(Self.wildcardMark, owner, hidden: true) }
}

extension NameTable {
    fileprivate func contains(_ owner: Name) -> Bool { block(hash: owner.zoneHash) != nil }

    fileprivate func copy(of owner: Name) -> [UInt8]? {
        guard let block = block(hash: owner.zoneHash) else { return nil }
        return block.copy
    }
}

extension Name {
    fileprivate var zoneHash: UInt64 { NameHasher.hash(wire.rawSpan) }
    fileprivate var isWildcard: Bool { wire[0] == 1 && wire[1] == UInt8(ascii: "*") }
}
