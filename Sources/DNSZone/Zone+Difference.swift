import DNSWire

extension Zone {
    /// The later version that a difference leads to.
    ///
    /// Throws `differenceDoesNotApply` where the difference starts from another version, removes what is not there or adds
    /// what is, and whatever a zone of these records is refused for; costs as much as building the zone anew, where
    /// `ZoneUpdater` costs what changes.
    public func applying(_ difference: ZoneDifference) throws(ZoneError) -> Zone {
        guard difference.oldSOA.serial == serial, difference.newSOA.type == .soa else {
            throw ZoneError(.differenceDoesNotApply, owner: apex, line: 0)
        }
        var removed = Set(difference.removed.map(\.withoutTTL))
        var builder = ZoneBuilder(apex: apex)
        var failure: ZoneError?
        func take(_ record: ZoneRecord) {
            do throws(ZoneError) { try builder.append(record) } catch { failure = failure ?? error }
        }
        take(difference.newSOA)
        var present = Set<ZoneRecord>()
        let added = Set(difference.added.map(\.withoutTTL))
        forEachRecord { record in
            if !removed.isEmpty, removed.remove(record.withoutTTL) != nil { return }
            if !added.isEmpty, added.contains(record.withoutTTL) { present.insert(record.withoutTTL) }
            take(record)
        }
        guard removed.isEmpty, present.isEmpty else {
            let owner = removed.first?.owner ?? present.first?.owner ?? apex
            throw ZoneError(.differenceDoesNotApply, owner: owner, line: 0)
        }
        for record in difference.added { take(record) }
        if let failure { throw failure }
        return try builder.finish()
    }
}

extension ZoneRecord {
    /// Compared by owner, TYPE and RDATA (RFC 1995 §4): the TTL is no part of it.
    var withoutTTL: ZoneRecord { ZoneRecord(owner: owner, type: type, ttl: 0, rdata: rdata) }
}
