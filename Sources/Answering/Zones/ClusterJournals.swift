import ClusterZone
import DNSWire
package import DNSZone
import Synchronization
import Transfers

/// The latest differences of a cluster's zones, one journal for each apex; every state of one registry shares them.
package final class ClusterJournals: Sendable {
    private let journals = Mutex<[ZoneJournal]>([])
    private let images = Mutex<[TransferImages]>([])

    package init() {}

    /// The differences of the zone with this place among the apexes, up to a version that may be newer than a state's.
    func journal(ofApex index: Int) -> ZoneJournal {
        journals.withLock { $0.indices.contains(index) ? $0[index] : ZoneJournal() }
    }

    /// What the clients of the zone with this place among the apexes share.
    func images(ofApex index: Int) -> TransferImages {
        images.withLock { images in
            while images.count <= index { images.append(TransferImages()) }
            return images[index]
        }
    }

    /// Takes what led from one zone to the next; each of their apexes has a new serial, with or without other records.
    func append(_ change: ZoneChange, from old: ClusterZone, to new: ClusterZone) {
        guard old.serial != new.serial, old.apexes.count == new.apexes.count else { return }
        let removed = Self.byApex(change.removed, of: old)
        let added = Self.byApex(change.added, of: new)
        journals.withLock { journals in
            while journals.count < new.apexes.count { journals.append(ZoneJournal()) }
            for index in new.apexes.indices {
                journals[index].append(
                    ZoneDifference(
                        oldSOA: ZoneRecord(owner: old.apexes[index].name, soa: old.apexes[index].soa),
                        newSOA: ZoneRecord(owner: new.apexes[index].name, soa: new.apexes[index].soa),
                        removed: removed[index], added: added[index]))
            }
        }
    }

    private static func byApex(_ records: Set<ZoneRecord>, of zone: ClusterZone) -> [[ZoneRecord]] {
        var lists = [[ZoneRecord]](repeating: [], count: zone.apexes.count)
        var name = FoldedName()
        for record in records {
            name.set(record.owner)
            if let index = zone.apexIndex(of: name) { lists[index].append(record) }
        }
        return lists
    }
}
