import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// Where the names of Services lie, and which addresses have names; a class, since every Service is looked at with it.
final class ZoneSchema: Sendable {
    let options: ClusterZoneOptions
    /// What the namespaces of Services lie below, of each forward zone in folded wire form, the primary first: `svc.<zone>`,
    /// or the zone; nil where that is no name.
    let parents: [[UInt8]?]
    private let reverseZones: [ReversePrefix]
    /// Whether in-addr.arpa and ip6.arpa are among the reverse zones.
    private let coversAll: Bool
    private let servesIPv4: Bool
    private let servesIPv6: Bool

    init(_ options: ClusterZoneOptions) {
        self.options = options
        servesIPv4 = options.families.contains(.ipv4)
        servesIPv6 = options.families.contains(.ipv6)
        parents =
            options.outside == nil
            ? options.forwardZones.map(ServiceName.parent) : options.forwardZones.map(\.folded.wire)
        let zones = options.reverseZones.compactMap { ReversePrefix(zone: $0) }
        coversAll = IPFamily.allCases.allSatisfy { family in
            zones.contains { $0.family == family && $0.bitCount == 0 }
        }
        reverseZones = zones
    }

    /// Whether addresses of the family are answered.
    func serves(_ family: IPFamily) -> Bool {
        switch family {
        case .ipv4: servesIPv4
        case .ipv6: servesIPv6
        }
    }

    /// Whether any address can have a PTR record.
    var hasReverseZones: Bool { !reverseZones.isEmpty }

    /// Calls `body` with the Service's PTR records that lie in one of the reverse zones.
    func forEachPointer(of content: ServiceContent, _ body: (IPAddress, Pointer) -> Void) {
        guard hasReverseZones else { return }
        content.forEachPointer { address, pointer in
            if coversAll || reverseZones.contains(where: { $0.contains(address) }) { body(address, pointer) }
        }
    }

    func pointers(of content: ServiceContent?) -> Set<AddressPointer> {
        var pointers = Set<AddressPointer>()
        guard let content else { return pointers }
        forEachPointer(of: content) { pointers.insert(AddressPointer(address: $0, pointer: $1)) }
        return pointers
    }
}
