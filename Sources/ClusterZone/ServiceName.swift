package import ClusterModel
package import DNSWire

/// Names of Services, below `svc` of a zone.
package enum ServiceName {
    /// nil where a label or the whole is over the limits (63 and 255 octets).
    package static func base(of service: ObjectKey, in zone: Name) -> Name? {
        try? zone.prepending("svc").prepending(service.namespace).prepending(service.name).folded
    }

    /// The same name in folded wire form; `parent` is that of `svc.<zone>`.
    static func octets(of service: ObjectKey, under parent: [UInt8]) -> [UInt8]? {
        var octets: [UInt8] = []
        octets.reserveCapacity(service.name.utf8.count + service.namespace.utf8.count + 2 + parent.count)
        for label in [service.name, service.namespace] {
            guard (1...Name.labelOctetCountMax).contains(label.utf8.count) else { return nil }
            octets.append(UInt8(label.utf8.count))
            octets.append(contentsOf: label.utf8)
        }
        // No length octet is a capital letter's.
        for index in octets.indices { octets[index] = CaseFolding.fold(octets[index]) }
        octets += parent
        return octets.count <= Name.octetCountMax ? octets : nil
    }

    /// `svc.<zone>` in folded wire form; nil where that is too long for a name.
    static func parent(in zone: Name) -> [UInt8]? { (try? zone.prepending("svc"))?.folded.wire }

    /// Whether a name of so many octets may have another label in front.
    static func fits(labelOctetCount count: Int, below nameOctetCount: Int) -> Bool {
        (1...Name.labelOctetCountMax).contains(count) && nameOctetCount + 1 + count <= Name.octetCountMax
    }
}
