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

    init(name: Name, isReverse: Bool, primary: Name, serial: UInt32, ttl: UInt32) {
        self.name = name
        reverseFamily = isReverse ? ReverseName.family(of: name) : nil
        suffix = NameSuffix(name)
        let origin = isReverse ? primary : name
        soa = SOARecord(
            apex: name, mname: Self.below(origin, "dns", "ns"), rname: Self.below(origin, "hostmaster"), serial: serial,
            ttl: min(ttl, 300), timers: .init(minimum: ttl))
    }

    /// Every zone of `options`, the longest first.
    static func all(of options: ClusterZoneOptions, serial: UInt32) -> [ZoneApex] {
        let primary = options.forwardZones.first ?? .root
        let zones = options.forwardZones.map { ($0, false) } + options.reverseZones.map { ($0, true) }
        return zones.map { zone, isReverse in
            ZoneApex(name: zone, isReverse: isReverse, primary: primary, serial: serial, ttl: options.ttl)
        }
        .sorted { $0.suffix.labelCount > $1.suffix.labelCount }
    }

    /// `labels` put before `name` one by one; labels that make it too long are left out.
    static func below(_ name: Name, _ labels: String...) -> Name {
        labels.reduce(name) { (try? $0.prepending($1)) ?? $0 }
    }
}
