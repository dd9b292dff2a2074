package import DNSWire
package import DNSZone

/// The zones of one directive as they are at the moment; a class, so that a query holds them by one reference.
package final class ZoneSet: Sendable {
    /// A zone of the directive's.
    package struct Entry: Sendable {
        package let apex: Name
        package let suffix: NameSuffix
        /// nil while the zone was never read, or has expired: its names get SERVFAIL.
        package let zone: Zone?
    }

    /// The longest apex first.
    package let entries: [Entry]

    /// The zones of `apexes`, each as `zones` has it.
    package init(apexes: [Name], zones: [Name: Zone] = [:]) {
        entries = apexes.map { Entry(apex: $0, suffix: NameSuffix($0), zone: zones[$0]) }
            .sorted { $0.suffix.labelCount > $1.suffix.labelCount }
    }

    /// The place of the longest zone that the name lies in.
    package func index(covering name: borrowing FoldedName) -> Int? {
        for index in entries.indices where entries[index].suffix.covers(name) { return index }
        return nil
    }
}
