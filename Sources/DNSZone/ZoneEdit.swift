import DNSWire

/// What a difference makes of the blocks of an unsigned zone: those that change, come and go.
///
/// Records go as octets from the old block and the difference to the new block: none is copied on the way.
struct ZoneEdit {
    /// A name that the difference names.
    private struct Owner {
        let name: Name
        let hash: UInt64
        /// Records that the name has afterwards.
        var recordCount = 0
    }

    /// Types that say how other names are answered.
    private static let structuralTypes: Set<RRType> = [
        .soa, .dname, .dnskey, .rrsig, .nsec, .nsec3, .nsec3Parameters,
    ]

    private let difference: ZoneDifference
    private let zone: Zone
    private var owners: [Owner] = []
    /// Where in `owners` a name is, by its hash.
    private var ownerPlaces: [UInt64: Int] = [:]
    /// Of each record in the difference: where in `owners` its owner is.
    private var removedOwners: [Int] = []
    private var addedOwners: [Int] = []
    /// The records of the difference by owner, TYPE and RDATA (RFC 1995 §4).
    private var removed: RecordIndex
    private var added: RecordIndex
    /// The new one, checked once `settle` has said yes.
    private(set) var soa: ZoneRecord
    /// The new block of each name that changes; nil where it goes.
    private(set) var edits: [Name: [UInt8]?] = [:]
    /// How many more names lie right below others than before, by the hash of the upper name.
    private(set) var childCountChanges: [UInt64: Int] = [:]

    /// nil where the difference may change how names are answered that it does not name.
    init?(_ difference: ZoneDifference, of zone: Zone) {
        guard !difference.removed.contains(where: { Self.isStructural($0, zone.apex) }),
            !difference.added.contains(where: { Self.isStructural($0, zone.apex) })
        else { return nil }
        self.difference = difference
        self.zone = zone
        soa = difference.newSOA
        removed = RecordIndex(capacity: difference.removed.count)
        added = RecordIndex(capacity: difference.added.count)
        for record in difference.removed {
            let place = place(of: record.owner)
            removed.append(hash(of: record, place))
            removedOwners.append(place)
        }
        for record in difference.added {
            let place = place(of: record.owner)
            added.append(hash(of: record, place))
            addedOwners.append(place)
        }
        var ordinary: Set<UInt64> = []
        for owner in owners {
            guard zone.suffix.covers(owner.name.wire.rawSpan), isOrdinary(owner.name, &ordinary) else { return nil }
        }
    }

    /// Where in `owners` a name is; entered where it is new.
    private mutating func place(of name: Name) -> Int {
        let hash = name.zoneHash
        if let place = ownerPlaces[hash] { return place }
        ownerPlaces[hash] = owners.count
        owners.append(Owner(name: name, hash: hash))
        return owners.count - 1
    }

    private func hash(of record: ZoneRecord, _ owner: Int) -> UInt64 {
        NameHasher.hash(owner: owners[owner].hash, type: record.type, rdata: record.rdata.rawSpan)
    }

    private static func isStructural(_ record: ZoneRecord, _ apex: Name) -> Bool {
        switch record.type {
        case .a, .aaaa, .srv, .ptr, .cname, .txt: false
        case .ns: record.owner != apex
        default: structuralTypes.contains(record.type)
        }
    }

    /// Whether a name of the zone is neither at nor below a zone cut, a DNAME or a hashed name; `known` are the hashes of
    /// names that are known not to be.
    private func isOrdinary(_ owner: Name, _ known: inout Set<UInt64>) -> Bool {
        let (wire, table) = (owner.wire.rawSpan, zone.table)
        var at = 0
        while true {
            let name = wire.extracting(at..<wire.byteCount)
            let hash = NameHasher.hash(name)
            guard known.insert(hash).inserted else { return true }
            let isApex = name.byteCount == zone.suffix.octets.count
            if let block = table.block(hash: hash) {
                if block.rrset(.dname, hidden: false) != nil { return false }
                if !isApex, block.rrset(.ns, hidden: false) != nil { return false }
            }
            if isApex { return true }
            if zone.unanswered.count > 0, zone.unanswered.contains(hash) { return false }
            at += 1 + Int(wire[unchecked8: at])
        }
    }

    /// Finds out what becomes of every block; false where the whole zone has to be built, which finds what is wrong.
    ///
    /// `childCounts` is by the hash of the upper name, before the difference. Throws `differenceDoesNotApply`.
    mutating func settle(_ childCounts: [UInt64: Int]) throws(ZoneError) -> Bool {
        guard let blocks = try layOut() else { return false }
        soa = blocks.soa
        // Names come first: what has children then is not taken away in between.
        for owner in owners where owner.recordCount > 0 {
            guard let block = blocks.table.copy(of: owner.hash), exists(owner.name) || addAncestors(of: owner.name)
            else { return false }
            edits[owner.name] = .some(block)
        }
        for owner in owners where owner.recordCount == 0 {
            guard remove(owner.name, childCounts) else { return false }
        }
        return true
    }

    /// A zone of the names with records alone, which has the same blocks for them; nil where there is no such zone.
    ///
    /// Throws `differenceDoesNotApply`.
    private mutating func layOut() throws(ZoneError) -> Zone? {
        var builder = ZoneBuilder(apex: zone.apex)
        do throws(ZoneError) { try builder.append(difference.newSOA) } catch { return nil }
        guard try keepRecords(in: &builder) else { return nil }
        do throws(ZoneError) {
            for (index, record) in difference.added.enumerated() {
                try builder.append(record)
                owners[addedOwners[index]].recordCount += 1
            }
            if ownerPlaces[zone.apex.zoneHash] == nil {
                for record in zone.records(of: zone.apex) where record.type == .ns { try builder.append(record) }
            }
            for owner in owners {
                // Something there has the block say that there is a wildcard.
                guard zone.hasWildcard(below: owner.name), let wildcard = try? owner.name.prepending("*"),
                    ownerPlaces[wildcard.zoneHash].map({ owners[$0].recordCount == 0 }) ?? true
                else { continue }
                try builder.append(ZoneRecord(owner: wildcard, type: .a, ttl: 0, rdata: [0, 0, 0, 0]))
            }
            return try builder.finish()
        } catch {
            return nil
        }
    }

    /// Puts those records of the owners that stay into a builder; false where it takes one of them not.
    private mutating func keepRecords(in builder: inout ZoneBuilder) throws(ZoneError) -> Bool {
        var isGone = Array(repeating: false, count: removed.count)
        let table = zone.table
        for place in owners.indices {
            let owner = owners[place]
            guard let block = table.block(hash: owner.hash) else { continue }
            for index in 0..<block.rrsetCount {
                guard let count = try keep(block.rrset(at: index), of: owner, place, &isGone, &builder) else {
                    return false
                }
                owners[place].recordCount += count
            }
        }
        guard let missing = isGone.firstIndex(of: false) else { return true }
        throw ZoneError(.differenceDoesNotApply, owner: difference.removed[missing].owner, line: 0)
    }

    /// How many records of an RRset stay; nil where the builder takes one of them not.
    private func keep(
        _ rrset: RRsetView, of owner: Owner, _ place: Int, _ isGone: inout [Bool], _ builder: inout ZoneBuilder
    ) throws(ZoneError) -> Int? {
        var (at, count) = (0, 0)
        for _ in 0..<rrset.recordCount {
            let record = RRsetView.record(in: rrset.records, at: at)
            at += record.byteCount
            let rdata = record.extracting(NameBlock.Layout.recordHeader..<record.byteCount)
            let hash = NameHasher.hash(owner: owner.hash, type: rrset.type, rdata: rdata)
            var isRemoved = false
            // The difference may name a record twice.
            while let entry = removed.first(hash, where: { !isGone[$0] && isRemoval($0, place, rrset.type, rdata) }) {
                (isRemoved, isGone[entry]) = (true, true)
            }
            if isRemoved { continue }
            guard added.first(hash, where: { isAddition($0, place, rrset.type, rdata) }) == nil else {
                throw ZoneError(.differenceDoesNotApply, owner: owner.name, line: 0)
            }
            let ttl = UInt32(bigEndian: record[word32: 6])
            guard
                (try? builder.append(owner: owner.name.wire.rawSpan, type: rrset.type, ttl: ttl, rdata: rdata, line: 0))
                    != nil
            else { return nil }
            count += 1
        }
        return count
    }

    private func isRemoval(_ entry: Int, _ owner: Int, _ type: RRType, _ rdata: RawSpan) -> Bool {
        removedOwners[entry] == owner && Self.hasData(difference.removed[entry], type, rdata)
    }

    private func isAddition(_ entry: Int, _ owner: Int, _ type: RRType, _ rdata: RawSpan) -> Bool {
        addedOwners[entry] == owner && Self.hasData(difference.added[entry], type, rdata)
    }

    private static func hasData(_ record: ZoneRecord, _ type: RRType, _ rdata: RawSpan) -> Bool {
        record.type == type && record.rdata.rawSpan.isEqual(rdata)
    }

    private func exists(_ name: Name) -> Bool {
        if let edit = edits[name] { return edit != nil }
        return zone.table.contains(name.zoneHash)
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
        ownerPlaces[name.zoneHash].map { owners[$0].recordCount > 0 } ?? !zone.records(of: name).isEmpty
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
    fileprivate func contains(_ owner: UInt64) -> Bool { block(hash: owner) != nil }

    fileprivate func copy(of owner: UInt64) -> [UInt8]? {
        guard let block = block(hash: owner) else { return nil }
        return block.copy
    }
}

extension Name {
    fileprivate var zoneHash: UInt64 { NameHasher.hash(wire.rawSpan) }
    fileprivate var isWildcard: Bool { wire[0] == 1 && wire[1] == UInt8(ascii: "*") }
}
