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
    let reverse: ReverseTable
    /// The labels between a zone and its namespaces: `svc`, or none in an outside zone.
    let serviceDepth: Int
    private let ledger: ZoneLedger

    init(
        options: ClusterZoneOptions, serial: UInt32, isComplete: Bool, table: NameTable, reverse: ReverseTable,
        ledger: ZoneLedger
    ) {
        self.options = options
        self.serial = serial
        self.isComplete = isComplete
        self.table = table
        self.reverse = reverse
        self.ledger = ledger
        serviceDepth = options.outside == nil ? 1 : 0
        apexes = ZoneApex.all(of: options, serial: serial)
    }

    /// A zone without objects, which answers SERVFAIL for names it does not know.
    package convenience init(options: ClusterZoneOptions, serial: UInt32) {
        var edits = ZoneEdits(ZoneSchema(options))
        edits.setStructure(nameServers: [])
        self.init(
            options: options, serial: serial, isComplete: false, table: NameTable().replacing(edits.blocks),
            reverse: ReverseTable(), ledger: ZoneLedger(options: options))
    }

    /// Returns the zone with `delta` applied; the serial is taken only where an answer changes.
    package func applying(_ delta: ClusterDelta, serial: UInt32, isComplete: Bool) -> ClusterZone {
        applyingEdits(delta, serial: serial, isComplete: isComplete).zone
    }

    /// The same, and the records that differ: what a transfer of differences needs (RFC 1995).
    ///
    /// Costs about as much again for the Services that the delta is about.
    package func applyingWithChange(
        _ delta: ClusterDelta, serial: UInt32, isComplete: Bool
    ) -> (zone: ClusterZone, change: ZoneChange) {
        let (zone, edits) = applyingEdits(delta, serial: serial, isComplete: isComplete)
        return (zone, change(to: zone, delta, edits))
    }

    private func applyingEdits(
        _ delta: ClusterDelta, serial: UInt32, isComplete: Bool
    ) -> (zone: ClusterZone, edits: ZoneEdits) {
        let schema = ZoneSchema(options)
        var edits = ZoneEdits(schema)
        var ledger = ledger
        for (name, change) in delta.namespaces where (change.before == nil) != (change.after == nil) {
            edits.setNamespace(name, exists: change.after != nil)
        }
        var leadersChanged = false
        for (key, change) in delta.services {
            let after = change.after.map { ServiceContent($0, schema) }
            edits.replace(change.before.map { ServiceContent($0, schema) }, by: after)
            if ledger.replace(key, by: after) { leadersChanged = true }
        }
        if leadersChanged { ledger.setStructure(&edits) }
        ledger.replace(delta.pods, &edits)
        let table = edits.blocks.isEmpty ? table : table.replacing(edits.blocks)
        let zone = ClusterZone(
            options: options, serial: edits.isEmpty ? self.serial : serial, isComplete: self.isComplete || isComplete,
            table: table, reverse: reverse.replacing(edits.pointers, names: table), ledger: ledger)
        return (zone, edits)
    }
}
