import DNSWire

/// RDATA of NSEC records that say what a name has not, one name at a time (RFC 9824).
enum CompactDenial {
    /// What there is to say of a name.
    enum Finding { case noSuchName, noData, insecureDelegation }

    /// Types that a name may have as far as anybody is told; all but the one asked for.
    ///
    /// To list a type that is not there costs nothing but a question; not to list one that is there would deny it to
    /// resolvers that answer from NSEC records (RFC 8198). NS, CNAME, DNAME and DS are not among them: they would say more.
    private static let types: [UInt16] = [
        1, 12, 13, 15, 16, 17, 18, 28, 29, 33, 35, 36, 37, 44, 45, 46, 47, 49, 52, 53, 55, 61, 64, 65, 99,
    ]
    private static let highTypes: [UInt16] = [256, 257]
    private static let apexTypes: [UInt16] = [2, 6, 48]

    /// Puts RDATA of the NSEC record of `name` into `rdata`: the next name there could be, and the types.
    static func write(
        _ finding: Finding, of name: borrowing FoldedName, isApex: Bool, asked: RRType, into rdata: inout [UInt8]
    ) {
        rdata.removeAll(keepingCapacity: true)
        appendSuccessor(of: name, to: &rdata)
        var window = InlineArray<32, UInt8>(repeating: 0)
        set(46, &window)
        set(47, &window)
        switch finding {
        case .noSuchName: set(RRType.nxName.rawValue, &window)
        case .insecureDelegation: set(RRType.ns.rawValue, &window)
        case .noData:
            for type in types where type != asked.rawValue { set(type, &window) }
            if isApex { for type in apexTypes where type != asked.rawValue { set(type, &window) } }
        }
        append(window, 0, to: &rdata)
        guard case .noData = finding else { return }
        window = InlineArray<32, UInt8>(repeating: 0)
        for type in highTypes where type != asked.rawValue { set(type & 0xFF, &window) }
        append(window, 1, to: &rdata)
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
