package import DNSWire
package import DNSZone
import NetworkAddress

/// The top of one zone this server is authoritative for; a class, so that a query holds it without copying it.
package final class ZoneApex: Sendable {
    package let name: Name
    package let suffix: NameSuffix
    /// Which addresses have names in a reverse zone; nil for a forward zone.
    let reverseFamily: IPFamily?
    package let soa: SOARecord

    package var isReverse: Bool { reverseFamily != nil }

    init(name: Name, isReverse: Bool, serial: UInt32, _ options: ClusterZoneOptions) {
        self.name = name
        reverseFamily = isReverse ? ReverseName.family(of: name) : nil
        suffix = NameSuffix(name)
        let origin = isReverse ? options.forwardZones.first ?? .root : name
        let contact = options.outside.map { Self.below(origin, $0.apexLabel) } ?? origin
        soa = SOARecord(
            apex: name, mname: Self.nameServer(of: origin, options), rname: Self.below(contact, "hostmaster"),
            serial: serial, ttl: min(options.ttl, 300), timers: .init(minimum: options.ttl))
    }

    /// Every zone of `options`, the longest first.
    static func all(of options: ClusterZoneOptions, serial: UInt32) -> [ZoneApex] {
        let zones = options.forwardZones.map { ($0, false) } + options.reverseZones.map { ($0, true) }
        return zones.map { zone, isReverse in
            ZoneApex(name: zone, isReverse: isReverse, serial: serial, options)
        }
        .sorted { $0.suffix.labelCount > $1.suffix.labelCount }
    }

    /// The server's own name in a forward zone: `ns.dns`, or `ns1` below the label that `apex` chose.
    static func nameServer(of zone: Name, _ options: ClusterZoneOptions) -> Name {
        guard let outside = options.outside else { return below(zone, "dns", "ns") }
        return below(zone, outside.apexLabel, "ns1")
    }

    /// `labels` put before `name` one by one; labels that make it too long are left out.
    static func below(_ name: Name, _ labels: String...) -> Name {
        labels.reduce(name) { (try? $0.prepending($1)) ?? $0 }
    }
}
