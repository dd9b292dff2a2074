import DNSWire

/// What the names of a zone are to each other: empty non-terminals, zone cuts, what lies below them, wildcards.
extension ZoneBuilder {
    /// Gives every name its ancestors in the zone, and all of them their states.
    mutating func findStructure() {
        // The list grows by empty non-terminals, which have ancestors too.
        var index = 1
        while index < names.entries.count {
            if !isHashed(index) { addParent(of: index) }
            index += 1
        }
        names.entries[0].state = .authoritative
        for index in names.entries.indices.dropFirst() { setState(index) }
    }

    /// A name is the hash of another where NSEC3, and the signature of that, is all it has (RFC 5155 §7.2.8).
    private mutating func isHashed(_ index: Int) -> Bool {
        var hasNSEC3 = false
        var record = names.entries[index].lastRecord
        while record != ZoneNames.none {
            switch RRType(rawValue: records[Int(record)].type) {
            case .nsec3: hasNSEC3 = true
            case .rrsig: break
            default: return false
            }
            record = records[Int(record)].previous
        }
        if hasNSEC3 { names.entries[index].state = .hashed }
        return hasNSEC3
    }

    private mutating func addParent(of index: Int) {
        let range = names.entries[index].range
        let first = Int(names.octets[range.lowerBound])
        let parent = (range.lowerBound + 1 + first)..<range.upperBound
        let place: Int
        if let known = names.find(names.octets.rawSpan.extracting(parent)) {
            place = known
        } else {
            let copy = Array(names.octets[parent])
            place = names.index(of: copy.rawSpan)
        }
        names.entries[index].parent = UInt32(place)
        if first == 1, names.octets[range.lowerBound + 1] == UInt8(ascii: "*") {
            names.entries[place].hasWildcard = true
        }
    }

    /// From the nearest ancestor whose state is known downward; a name has 127 labels at most.
    private mutating func setState(_ index: Int) {
        guard names.entries[index].state == .unknown else { return }
        if names.entries[Int(names.entries[index].parent)].state != .unknown { return setStateByParent(index) }
        var path: [Int] = []
        var at = index
        while names.entries[at].state == .unknown {
            path.append(at)
            at = Int(names.entries[at].parent)
        }
        for index in path.reversed() { setStateByParent(index) }
    }

    private mutating func setStateByParent(_ index: Int) {
        let parent = Int(names.entries[index].parent)
        switch names.entries[parent].state {
        case .cut, .belowCut: names.entries[index].state = .belowCut
        case .belowRedirection: names.entries[index].state = .belowRedirection
        case .unknown, .authoritative, .hashed:
            if has(.dname, parent) {
                names.entries[index].state = .belowRedirection
            } else {
                names.entries[index].state = has(.ns, index) ? .cut : .authoritative
            }
        }
    }

    func has(_ type: RRType, _ name: Int) -> Bool {
        var record = names.entries[name].lastRecord
        while record != ZoneNames.none {
            if records[Int(record)].type == type.rawValue { return true }
            record = records[Int(record)].previous
        }
        return false
    }
}
