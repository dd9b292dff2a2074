package import ClusterModel
import DNSWire
package import DNSZone

/// The Kubernetes DNS schema over a registry: compiled answers for forward and reverse names.
///
/// Immutable; a class, so that a query holds it by one reference. `applying` costs what the delta touches. Deltas and
/// views must already have passed the `RegistryFilter`.
package final class ClusterZone: Sendable {
    package let options: ClusterZoneOptions
    /// Rises with every visible change (RFC 1982 arithmetic is never needed within a lifetime).
    package let serial: UInt32
    /// False until the registry was complete once: then names that are unknown may still exist.
    package let isComplete: Bool
    package let table: NameTable
    /// The longest zone first.
    package let apexes: [ZoneApex]
    private let ledger: ZoneLedger

    private init(options: ClusterZoneOptions, serial: UInt32, isComplete: Bool, table: NameTable, ledger: ZoneLedger) {
        self.options = options
        self.serial = serial
        self.isComplete = isComplete
        self.table = table
        self.ledger = ledger
        apexes = ZoneApex.all(of: options, serial: serial)
    }

    /// A zone without objects, which answers SERVFAIL for names it does not know.
    package convenience init(options: ClusterZoneOptions, serial: UInt32) {
        var edits = ZoneEdits(table: NameTable(), options: options)
        edits.setStructure(nameServers: [])
        self.init(
            options: options, serial: serial, isComplete: false, table: NameTable().replacing(edits.blocks),
            ledger: ZoneLedger(options: options))
    }

    /// The zone of everything in `snapshot` that passes `filter`: the same as a chain of deltas leads to.
    package convenience init(
        options: ClusterZoneOptions, serial: UInt32, snapshot: ClusterSnapshot, filter: RegistryFilter
    ) {
        var delta = ClusterDelta()
        for (name, namespace) in snapshot.namespaces { delta.namespaces[name] = .init(before: nil, after: namespace) }
        for view in snapshot.allViews { delta.services[view.service.key] = .init(before: nil, after: view) }
        for (key, pod) in snapshot.pods { delta.pods[key] = .init(before: nil, after: pod) }
        let full = ClusterZone(options: options, serial: serial)
            .applying(filter.filtered(delta, in: snapshot), serial: serial, isComplete: true)
        self.init(options: options, serial: serial, isComplete: true, table: full.table, ledger: full.ledger)
    }

    /// Returns the zone with `delta` applied; the serial is taken only where an answer changes.
    package func applying(_ delta: ClusterDelta, serial: UInt32, isComplete: Bool) -> ClusterZone {
        var edits = ZoneEdits(table: table, options: options)
        var ledger = ledger
        for (name, change) in delta.namespaces where (change.before == nil) != (change.after == nil) {
            edits.setNamespace(name, exists: change.after != nil)
        }
        for change in delta.services.values { edits.replace(change.before, by: change.after) }
        ledger.apply(delta, &edits)
        let isChanged = !edits.blocks.isEmpty
        return ClusterZone(
            options: options, serial: isChanged ? serial : self.serial, isComplete: self.isComplete || isComplete,
            table: isChanged ? table.replacing(edits.blocks) : table, ledger: ledger)
    }
}
