import ClusterZone
package import Corefile
package import DNSWire
package import DNSZone
package import Transfers

/// A server that is told of new versions of a zone.
package struct NotifyTarget: Hashable, Sendable {
    package var place: HostAndPort
    /// What the word is signed with.
    package var key: Name?
    package var apex: Name
}

/// A version of a zone that other servers are told of.
package struct ZoneVersion: Sendable {
    package var soa: ZoneRecord
    /// What the zone's clients share, which has to know what they were told.
    package var images: TransferImages?
}

/// A plugin that has whole zones, which may be transferred.
protocol ZoneSource {
    /// The zone of this name as it is now; nil where the plugin has none, or not yet.
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone?
    /// Those of all its zones that are there.
    func versions(_ state: ServingState) -> [ZoneVersion]
}

extension ServerConfiguration.Block {
    /// Who is to be told of which versions by NOTIFY (RFC 1996).
    package func notices(_ state: ServingState) -> [NotifyTarget: ZoneVersion] {
        var notices: [NotifyTarget: ZoneVersion] = [:]
        guard let transfer = plugins.lazy.compactMap({ $0 as? TransferPlugin }).first else { return notices }
        for version in plugins.flatMap({ ($0 as? any ZoneSource)?.versions(state) ?? [] }) {
            let apex = version.soa.owner
            guard let rule = transfer.rules.first(where: { apex.isAtOrBelow($0.zone) }) else { continue }
            for receiver in rule.receivers {
                for place in receiver.notified {
                    notices[NotifyTarget(place: place, key: receiver.key, apex: apex)] = version
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
        if let clusterSet, let zone = state.transferableZone(name, ofRegistry: clusterSet) { return zone }
        return state.transferableZone(name, ofRegistry: registry)
    }

    func versions(_ state: ServingState) -> [ZoneVersion] {
        state.versions(ofRegistry: registry) + (clusterSet.map { state.versions(ofRegistry: $0) } ?? [])
    }
}

extension ExternalPlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        state.transferableZone(name, ofRegistry: registry)
    }

    func versions(_ state: ServingState) -> [ZoneVersion] { state.versions(ofRegistry: registry) }
}

extension ServingState {
    /// The zone of this name among those of one registry; nil where there is none, or not yet.
    fileprivate func transferableZone(
        _ name: borrowing FoldedName, ofRegistry registry: Int
    ) -> TransferableZone? {
        let zone = zones[registry]
        guard zone.isComplete, let index = zone.apexIndex(of: name),
            zone.apexes[index].suffix.labelCount == name.labelCount
        else { return nil }
        let journals = journals(ofRegistry: registry)
        return TransferableZone(
            zone, apex: index, journal: journals?.journal(ofApex: index) ?? ZoneJournal(),
            images: journals?.images(ofApex: index))
    }

    /// Those of all zones of one registry.
    fileprivate func versions(ofRegistry registry: Int) -> [ZoneVersion] {
        let (zone, journals) = (zones[registry], journals(ofRegistry: registry))
        guard zone.isComplete else { return [] }
        return zone.apexes.indices.map { index in
            let soa = ZoneRecord(owner: zone.apexes[index].name, soa: zone.apexes[index].soa)
            return ZoneVersion(soa: soa, images: journals?.images(ofApex: index))
        }
    }

    private func journals(ofRegistry registry: Int) -> ClusterJournals? {
        journals.indices.contains(registry) ? journals[registry] : nil
    }
}

extension FilePlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        answers.transferableZone(name, state)
    }

    func versions(_ state: ServingState) -> [ZoneVersion] { answers.versions(state) }
}

extension AutoPlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        answers.transferableZone(name, state)
    }

    func versions(_ state: ServingState) -> [ZoneVersion] { answers.versions(state) }
}

extension SecondaryPlugin: ZoneSource {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        answers.transferableZone(name, state)
    }

    func versions(_ state: ServingState) -> [ZoneVersion] { answers.versions(state) }
}

extension ZoneSetAnswers {
    func transferableZone(_ name: borrowing FoldedName, _ state: ServingState) -> TransferableZone? {
        let set = state.zoneSets[set]
        guard let index = set.index(covering: name), set.entries[index].suffix.labelCount == name.labelCount else {
            return nil
        }
        let entry = set.entries[index]
        return entry.zone.map { TransferableZone($0, journal: entry.journal, images: entry.images) }
    }

    func versions(_ state: ServingState) -> [ZoneVersion] {
        state.zoneSets[set].entries.compactMap { entry in
            entry.zone.map { ZoneVersion(soa: $0.soa, images: entry.images) }
        }
    }
}

extension TransferableZone {
    /// A zone of the cluster's, by its place among the apexes.
    init(
        _ zone: ClusterZone, apex index: Int, journal: ZoneJournal = ZoneJournal(), images: TransferImages? = nil
    ) {
        let apex = zone.apexes[index]
        let soa = ZoneRecord(owner: apex.name, soa: apex.soa)
        self.init(apex: apex.name, soa: soa, journal: journal, images: images) { body in
            var name = FoldedName()
            zone.forEachRecord { record in
                name.set(record.owner)
                if zone.apexIndex(of: name) == index { body(record) }
            }
        }
    }
}
