import DNSWire

/// From checked records to blocks.
extension ZoneBuilder {
    /// The zone of all records taken, with everything that is wrong with them.
    public consuming func finishChecked() -> Outcome {
        findStructure()
        guard let soa else {
            outcome.errors.append(ZoneError(.noSOA, owner: apex, line: 0))
            return sorted()
        }
        if !has(.ns, 0) { outcome.errors.append(ZoneError(.noNameServer, owner: apex, line: 0)) }
        var answered = NameTableBuilder(expectedNameCount: names.entries.count)
        var unanswered = NameTableBuilder()
        var writer = ZoneBlockWriter()
        for index in names.entries.indices {
            let sets = takeRRsets(of: index)
            writer.write(index, sets, of: self, &answered, &unanswered)
        }
        writer.flush(&answered, &unanswered)
        let denial = denialChain()
        guard outcome.errors.isEmpty else { return sorted() }
        // Given back before the tables are made, so that the zone is in memory little more than once.
        (names, records, rdata) = (ZoneNames(), [], [])
        outcome.zone = Zone(
            apex: apex, soa: soa, table: answered.finish(), unanswered: unanswered.finish(), denial: denial)
        return sorted()
    }

    private consuming func sorted() -> Outcome {
        outcome.errors.sort { $0.line < $1.line }
        outcome.warnings.sort { $0.line < $1.line }
        return outcome
    }

    /// The records of a name by type, each RRset in the order given, of one TTL and without duplicates.
    private mutating func takeRRsets(of name: Int) -> [[Int]] {
        var indices: [Int] = []
        var record = names.entries[name].lastRecord
        while record != ZoneNames.none {
            indices.append(Int(record))
            record = records[Int(record)].previous
        }
        if indices.count == 1 { return [indices] }
        if indices.isEmpty { return [] }
        indices.sort { (records[$0].type, $0) < (records[$1].type, $1) }
        var sets: [[Int]] = []
        for index in indices {
            if let last = sets.last, records[last[0]].type == records[index].type {
                sets[sets.count - 1].append(index)
            } else {
                sets.append([index])
            }
        }
        for place in sets.indices where sets[place].count > 1 { sets[place] = settle(sets[place], name) }
        check(sets, name)
        return sets
    }

    /// Drops duplicates and gives all records the lowest TTL; signatures have that of what they sign.
    private mutating func settle(_ set: [Int], _ name: Int) -> [Int] {
        let type = RRType(rawValue: records[set[0]].type)
        let kept = set.count <= Self.walkCountMax ? withoutDuplicatesOfFew(set) : withoutDuplicates(set)
        guard kept.reduce(0, { $0 + Int(records[$1].octetCount) + 12 }) <= NameBlockWriter.recordOctetCountMax else {
            outcome.errors.append(
                ZoneError(.rrsetTooLarge(type), owner: names.name(name), line: Int(records[set[0]].line)))
            return kept
        }
        guard type != .rrsig else { return kept }
        let lowest = kept.map { records[$0].ttl }.min() ?? 0
        if let other = kept.first(where: { records[$0].ttl != lowest }) {
            warn(.differentTTLs(type), names.name(name), Int(records[other].line))
            for index in kept { records[index].ttl = lowest }
        }
        return kept
    }

    /// Up to so many records are compared each with each.
    private static let walkCountMax = 16

    private func withoutDuplicates(_ set: [Int]) -> [Int] {
        var seen = Set<[UInt8]>()
        return set.filter { seen.insert(comparable(records[$0])).inserted }
    }

    private func withoutDuplicatesOfFew(_ set: [Int]) -> [Int] {
        var kept: [Int] = []
        for index in set where !kept.contains(where: { isSame(records[$0], records[index]) }) { kept.append(index) }
        return kept
    }

    /// Whether two records of one type have the same RDATA.
    private func isSame(_ left: Record, _ right: Record) -> Bool {
        guard left.octetCount == right.octetCount else { return false }
        let folds = Self.isFolded(left.type)
        return zip(left.range, right.range).allSatisfy {
            rdata[$0] == rdata[$1] || folds && CaseFolding.fold(rdata[$0]) == CaseFolding.fold(rdata[$1])
        }
    }

    /// RDATA as it is compared: names that are all of it without regard to case.
    private func comparable(_ record: Record) -> [UInt8] {
        let octets = Array(rdata[record.range])
        return Self.isFolded(record.type) ? octets.map(CaseFolding.fold) : octets
    }

    private static func isFolded(_ type: UInt16) -> Bool {
        switch RRType(rawValue: type) {
        case .ns, .cname, .ptr, .dname, .mx: true
        default: false
        }
    }

    private mutating func check(_ sets: [[Int]], _ name: Int) {
        func set(_ type: RRType) -> [Int]? { sets.first { records[$0[0]].type == type.rawValue } }
        func fail(_ reason: ZoneError.Reason, _ record: Int) {
            outcome.errors.append(ZoneError(reason, owner: names.name(name), line: Int(records[record].line)))
        }
        if let redirection = set(.dname) {
            if redirection.count > 1 { fail(.secondRedirection, redirection[1]) }
            if let alias = set(.cname) { return fail(.redirectionWithAlias, alias[0]) }
        }
        guard let alias = set(.cname) else { return }
        if alias.count > 1 { fail(.secondAlias, alias[1]) }
        let others = sets.filter { !Self.mayStandBesideAlias.contains(records[$0[0]].type) }
        if let other = others.first {
            fail(.aliasWithData, max(alias[0], other[0]))
        } else if name == 0 {
            fail(.aliasWithData, alias[0])
        }
    }

    /// CNAME, RRSIG, NSEC (RFC 4034 §4), KEY.
    private static let mayStandBesideAlias: Set<UInt16> = [5, 46, 47, 25]
}
