public import DNSWire

/// Puts the records of one zone together, in any order, and checks them.
///
/// Records lie in one array of octets, and names in another, so that a million of them cost little more than their octets.
public struct ZoneBuilder: Sendable {
    /// Octets of RDATA, and of names, that a zone may have.
    public static let octetCountMax = 2 << 30
    /// NSEC3 beyond this is refused (RFC 9276 §3.2).
    public static let iterationCountMax = 100
    /// Warnings that are kept; the rest are counted.
    public static let warningCountMax = 100

    struct Record: Sendable {
        /// Where the RDATA lies in `rdata`.
        var start: UInt32
        var octetCount: UInt16
        var type: UInt16
        var ttl: UInt32
        var line: UInt32
        /// The record of the same name that came before; `ZoneNames.none` where there is none.
        var previous: UInt32

        var range: Range<Int> { Int(start)..<Int(start) + Int(octetCount) }
    }

    /// What became of the records.
    public struct Outcome: Sendable {
        /// nil where there are errors.
        public var zone: Zone?
        /// In the order of their lines.
        public var errors: [ZoneError] = []
        /// What does not count; at most `warningCountMax`.
        public var warnings: [ZoneError] = []
        /// Warnings past the bound.
        public var otherWarningCount = 0
    }

    let apex: Name
    let suffix: NameSuffix
    var soa: ZoneRecord?
    var names = ZoneNames()
    var records: [Record] = []
    var rdata: [UInt8] = []
    var outcome = Outcome()

    public init(apex: Name) {
        self.apex = apex
        let suffix = NameSuffix(apex)
        self.suffix = suffix
        _ = names.index(of: suffix.octets.rawSpan)
    }

    /// Takes a record; `line` is where a master file has it.
    ///
    /// Throws for an SOA that is the second or lies below the apex, for malformed RDATA, and at the limit of size; the
    /// builder is as before. A record outside the zone is dropped with a warning.
    public mutating func append(_ record: ZoneRecord, line: Int = 0) throws(ZoneError) {
        try append(
            owner: record.owner.wire.rawSpan, type: record.type, ttl: record.ttl, rdata: record.rdata.rawSpan,
            line: line)
    }

    /// As above; `owner` is a whole name in wire form.
    public mutating func append(
        owner: RawSpan, type: RRType, ttl: UInt32, rdata octets: RawSpan, line: Int
    ) throws(ZoneError) {
        guard suffix.covers(owner) else { return warn(.outsideZone, Self.name(owner), line) }
        guard RDATAShape.isValid(type, octets) else {
            throw ZoneError(.badRDATA(type), owner: Self.name(owner), line: line)
        }
        guard rdata.count + octets.byteCount + names.octets.count < Self.octetCountMax else {
            throw ZoneError(.zoneTooLarge, owner: apex, line: line)
        }
        if type == .soa { return try takeSOA(owner, ttl, octets, line) }
        let name = names.index(of: owner)
        records.append(
            Record(
                start: UInt32(rdata.count), octetCount: UInt16(octets.byteCount), type: type.rawValue,
                // A TTL with the topmost bit counts as 0 (RFC 2181 §8).
                ttl: ttl > 0x7FFF_FFFF ? 0 : ttl, line: UInt32(clamping: line),
                previous: names.entries[name].lastRecord))
        rdata.append(octetsOf: octets)
        names.entries[name].lastRecord = UInt32(records.count - 1)
    }

    private mutating func takeSOA(_ owner: RawSpan, _ ttl: UInt32, _ octets: RawSpan, _ line: Int) throws(ZoneError) {
        let name = Self.name(owner)
        guard name == apex else { throw ZoneError(.soaBelowApex, owner: name, line: line) }
        var copy: [UInt8] = []
        copy.append(octetsOf: octets)
        let record = ZoneRecord(owner: apex, type: .soa, ttl: ttl > 0x7FFF_FFFF ? 0 : ttl, rdata: copy)
        // The same record twice is one (RFC 2181 §5); an AXFR ends with it.
        guard soa == nil || soa == record else { throw ZoneError(.secondSOA, owner: name, line: line) }
        soa = record
    }

    /// The zone of all records taken; throws the first error.
    public consuming func finish() throws(ZoneError) -> Zone {
        let apex = apex
        let outcome = finishChecked()
        if let error = outcome.errors.first { throw error }
        guard let zone = outcome.zone else { throw ZoneError(.noSOA, owner: apex, line: 0) }
        return zone
    }

    mutating func warn(_ reason: ZoneError.Reason, _ owner: Name, _ line: Int) {
        guard outcome.warnings.count < Self.warningCountMax else {
            outcome.otherWarningCount += 1
            return
        }
        outcome.warnings.append(ZoneError(reason, owner: owner, line: line))
    }

    private static func name(_ wire: RawSpan) -> Name {
        var at = 0
        return (try? Name(reading: wire, at: &at)) ?? .root
    }
}

extension NameSuffix {
    /// Whether a name in wire form is this name or below it.
    func covers(_ name: RawSpan) -> Bool {
        let start = name.byteCount - octets.count
        guard start >= 0 else { return false }
        let own = octets.rawSpan
        var index = 0
        while index + 8 <= own.byteCount {
            guard CaseFolding.fold(name[word64: start + index]) == own[word64: index] else { return false }
            index += 8
        }
        while index < own.byteCount {
            guard CaseFolding.fold(name[unchecked8: start + index]) == own[unchecked8: index] else { return false }
            index += 1
        }
        // The same octets may be the end of a label.
        var at = 0
        while at < start { at += 1 + Int(name[unchecked8: at]) }
        return at == start
    }
}
