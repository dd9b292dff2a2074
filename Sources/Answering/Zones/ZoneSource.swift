import ClusterZone
package import Corefile
package import DNSWire
package import DNSZone
import Transfers

/// A server that is told of new versions of a zone.
package struct NotifyTarget: Hashable, Sendable {
    package var place: HostAndPort
    /// What the word is signed with.
    package var key: Name?
    package var apex: Name
}

/// A plugin that has whole zones, which may be transferred.
protocol ZoneSource {
    /// The zone of this name as it is now; nil where the plugin has none, or not yet.
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone?
    /// The SOA records of all its zones that are there.
    func versions(_ state: ServingState) -> [ZoneRecord]
}

extension ServerConfiguration.Block {
    /// Who is to be told of which versions by NOTIFY (RFC 1996).
    package func notices(_ state: ServingState) -> [NotifyTarget: ZoneRecord] {
        var notices: [NotifyTarget: ZoneRecord] = [:]
        guard let transfer = plugins.lazy.compactMap({ $0 as? TransferPlugin }).first else { return notices }
        for soa in plugins.flatMap({ ($0 as? any ZoneSource)?.versions(state) ?? [] }) {
            guard let rule = transfer.rules.first(where: { soa.owner.isAtOrBelow($0.zone) }) else { continue }
            for receiver in rule.receivers {
                for place in receiver.notified {
                    notices[NotifyTarget(place: place, key: receiver.key, apex: soa.owner)] = soa
                }
            }
        }
        return notices
    }

    /// The zone of this name that the first plugin of the chain has.
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        for plugin in plugins {
            if let zone = (plugin as? any ZoneSource)?.transferableZone(name, state) { return zone }
        }
        return nil
    }
}

extension KubernetesPlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        let zone = state.zones[registry]
        guard zone.isComplete, let index = zone.apexIndex(of: name),
            zone.apexes[index].suffix.labelCount == name.labelCount
        else { return nil }
        let journal = state.journals.indices.contains(registry) ? state.journals[registry].journal(ofApex: index) : nil
        return TransferableZone(zone, apex: index, journal: journal ?? ZoneJournal())
    }

    func versions(_ state: ServingState) -> [ZoneRecord] {
        let zone = state.zones[registry]
        return zone.isComplete ? zone.apexes.map { ZoneRecord(owner: $0.name, soa: $0.soa) } : []
    }
}

extension FilePlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        answers.transferableZone(name, state)
    }

    func versions(_ state: ServingState) -> [ZoneRecord] { answers.versions(state) }
}

extension AutoPlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        answers.transferableZone(name, state)
    }

    func versions(_ state: ServingState) -> [ZoneRecord] { answers.versions(state) }
}

extension SecondaryPlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        answers.transferableZone(name, state)
    }

    func versions(_ state: ServingState) -> [ZoneRecord] { answers.versions(state) }
}

extension ZoneSetAnswers {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        let set = state.zoneSets[set]
        guard let index = set.index(covering: name), set.entries[index].suffix.labelCount == name.labelCount else {
            return nil
        }
        let entry = set.entries[index]
        return entry.zone.map { TransferableZone($0, journal: entry.journal) }
    }

    func versions(_ state: ServingState) -> [ZoneRecord] { state.zoneSets[set].entries.compactMap(\.zone?.soa) }
}

extension TransferableZone {
    /// A zone of the cluster's, by its place among the apexes.
    init(_ zone: ClusterZone, apex index: Int, journal: ZoneJournal = ZoneJournal()) {
        let apex = zone.apexes[index]
        let soa = ZoneRecord(owner: apex.name, soa: apex.soa)
        self.init(apex: apex.name, soa: soa, journal: journal) { body in
            var name = FoldedName()
            zone.forEachRecord { record in
                name.set(record.owner)
                if zone.apexIndex(of: name) == index { body(record) }
            }
        }
    }
}
