import DNSWire

/// RDATA of NSEC records that say what a name has not, one name at a time (RFC 9824).
enum CompactDenial {
    /// What there is to say of a name.
    enum Finding { case noSuchName, noData, insecureDelegation }

    /// Puts RDATA of the NSEC record of `name` into `rdata`: the next name there could be, and `types` with RRSIG and NSEC.
    ///
    /// Sorts `types`, and leaves `asked` out, of which there is none.
    static func write(of name: borrowing FoldedName, _ types: inout [UInt16], asked: RRType, into rdata: inout [UInt8])
    {
        rdata.removeAll(keepingCapacity: true)
        appendSuccessor(of: name, to: &rdata)
        types.append(RRType.rrsig.rawValue)
        types.append(RRType.nsec.rawValue)
        sort(&types)
        var at = 0
        while at < types.count {
            let number = types[at] >> 8
            var window = InlineArray<32, UInt8>(repeating: 0)
            while at < types.count, types[at] >> 8 == number {
                if types[at] != asked.rawValue || asked == .nsec { set(types[at] & 0xFF, &window) }
                at += 1
            }
            append(window, UInt8(truncatingIfNeeded: number), to: &rdata)
        }
    }

    /// In place: there are few.
    private static func sort(_ types: inout [UInt16]) {
        for end in types.indices {
            var at = end
            while at > 0, types[at - 1] > types[at] {
                types.swapAt(at - 1, at)
                at -= 1
            }
        }
    }

    /// The name right behind it: one label of a zero octet more (RFC 4470 §3.1.2); a last octet one higher where there is
    /// no room for that.
    private static func appendSuccessor(of name: borrowing FoldedName, to rdata: inout [UInt8]) {
        guard name.octetCount + 2 > Name.octetCountMax else {
            rdata.append(1)
            rdata.append(0)
            rdata.append(octetsOf: name.octets)
            return
        }
        rdata.append(octetsOf: name.octets)
        let last = name.labelRange(0).upperBound - 1
        if rdata[last] < 0xFF { rdata[last] += 1 }
    }

    private static func set(_ type: UInt16, _ window: inout InlineArray<32, UInt8>) {
        window[Int(type >> 3)] |= 0x80 >> UInt8(type & 7)
    }

    /// A window block of the bitmap (RFC 4034 §4.1.2).
    private static func append(_ window: InlineArray<32, UInt8>, _ number: UInt8, to rdata: inout [UInt8]) {
        var count = 32
        while count > 0, window[count - 1] == 0 { count -= 1 }
        guard count > 0 else { return }
        rdata.append(number)
        rdata.append(UInt8(count))
        for index in 0..<count { rdata.append(window[index]) }
    }
}
