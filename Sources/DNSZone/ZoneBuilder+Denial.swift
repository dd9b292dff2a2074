import DNSWire

/// What a pre-signed zone is proved with.
extension ZoneBuilder {
    /// The chain of the zone; NSEC3 with too many iterations is an error, and with any a warning (RFC 9276 §3).
    mutating func denialChain() -> DenialChain {
        guard has(.dnskey, 0), has(.rrsig, 0) else { return .none }
        guard let parameters = parameters() else { return .nsec(nsecOwners()) }
        let salt = Array(rdata[parameters.range].dropFirst(5))
        let iterations = Int(rdata[parameters.range.lowerBound + 2]) << 8 | Int(rdata[parameters.range.lowerBound + 3])
        if iterations > Self.iterationCountMax {
            outcome.errors.append(ZoneError(.tooManyIterations(iterations), owner: apex, line: Int(parameters.line)))
        } else if iterations > 0 {
            warn(.iterations(iterations), apex, Int(parameters.line))
        }
        var entries: [DenialChain.HashedChain.Entry] = []
        for index in names.entries.indices {
            let name = names.octets.rawSpan.extracting(names.entries[index].range)
            // A name with data may be the hash of another, as in RFC 5155, Appendix A.
            guard let digest = Self.digest(name), hasNSEC3(index, iterations, salt) else { continue }
            entries.append(.init(digest: digest, owner: NameHasher.hash(name)))
        }
        entries.sort { $0.digest < $1.digest }
        return .nsec3(.init(salt: salt, iterations: iterations, entries: entries))
    }

    /// NSEC3PARAM of SHA-1 without flags (RFC 5155 §4.1.2); nil where the zone has none.
    private func parameters() -> Record? {
        var record = names.entries[0].lastRecord
        while record != ZoneNames.none {
            let one = records[Int(record)]
            if one.type == RRType.nsec3Parameters.rawValue, rdata[one.range.lowerBound] == 1,
                rdata[one.range.lowerBound + 1] == 0
            {
                return one
            }
            record = one.previous
        }
        return nil
    }

    private func hasNSEC3(_ name: Int, _ iterations: Int, _ salt: [UInt8]) -> Bool {
        var record = names.entries[name].lastRecord
        while record != ZoneNames.none {
            let one = records[Int(record)]
            if one.type == RRType.nsec3.rawValue {
                let octets = rdata[one.range]
                let start = octets.startIndex
                return octets[start] == 1 && Int(octets[start + 2]) << 8 | Int(octets[start + 3]) == iterations
                    && octets.dropFirst(5).prefix(Int(octets[start + 4])).elementsEqual(salt)
            }
            record = one.previous
        }
        return false
    }

    private func nsecOwners() -> [UInt64] {
        var owners = names.entries.indices.filter { index in
            switch names.entries[index].state {
            case .authoritative, .cut: has(.nsec, index)
            default: false
            }
        }
        owners.sort {
            CanonicalOrder.isBefore(
                names.octets.rawSpan.extracting(names.entries[$0].range),
                names.octets.rawSpan.extracting(names.entries[$1].range))
        }
        return owners.map { NameHasher.hash(names.octets.rawSpan.extracting(names.entries[$0].range)) }
    }

    /// From the first label of a hashed owner: base32hex without padding (RFC 4648 §7).
    private static func digest(_ name: RawSpan) -> SHA1Digest? {
        guard name[unchecked8: 0] == 32 else { return nil }
        var words = InlineArray<5, UInt32>(repeating: 0)
        for index in 0..<32 {
            let letter = name[unchecked8: 1 + index]
            let value: UInt8
            switch letter {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = letter - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "v"): value = letter - UInt8(ascii: "a") + 10
            default: return nil
            }
            for bit in 0..<5 where value >> UInt8(4 - bit) & 1 == 1 {
                let place = index * 5 + bit
                words[place / 32] |= 1 << UInt32(31 - place % 32)
            }
        }
        return SHA1Digest(a: words[0], b: words[1], c: words[2], d: words[3], e: words[4])
    }
}

extension RRType {
    static var nsec3Parameters: RRType { RRType(rawValue: 51) }
}
