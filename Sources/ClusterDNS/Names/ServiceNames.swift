import ClusterModel
import ClusterZone
import DNSWire
import DNSZone

/// Every DNS name of a Service, as the server would answer it.
struct ServiceNames {
    let service: Service
    /// The names that a search path completes: `name`, only in the Service's namespace, `name.namespace`, and that with `.svc`.
    let shortNames: [String]
    /// The absolute name in each forward zone, without the final dot.
    let fullNames: [String]
    /// Addresses, or the CNAME, of the Service's own names.
    let own: [ZoneRecord]
    /// SRV records: of the Service's own name for every port, of `_port._proto` names for one.
    let ports: [ZoneRecord]
    let endpoints: [ZoneRecord]
    /// PTR records that lead to the Service or its endpoints.
    let pointers: [ZoneRecord]

    init(_ service: Service, in zone: ClusterZone) {
        self.service = service
        let (name, namespace) = (service.metadata.name, service.metadata.namespace)
        shortNames = [name, "\(name).\(namespace)", "\(name).\(namespace).svc"]
        let bases = zone.options.forwardZones.compactMap { ServiceName.base(of: service.key, in: $0) }
        fullNames = bases.map(\.bareText)
        let records = zone.records
        let under = records.filter { record in bases.contains { record.owner.isAtOrBelow($0) } }.canonical
        own = under.filter { bases.contains($0.owner) && $0.type != .srv }
        ports = under.filter { $0.type == .srv }
        let isPort = { (name: Name) in name.labels.first?.first == UInt8(ascii: "_") }
        endpoints = under.filter { !bases.contains($0.owner) && !isPort($0.owner) }
        pointers =
            records.filter { record in
                guard record.type == .ptr, let target = record.target else { return false }
                return bases.contains { target.isAtOrBelow($0) }
            }.canonical
    }

    /// The names a certificate for the Service should hold; a headless one also for the names of its Pods.
    var certificateNames: [String] {
        let primary = fullNames.prefix(1)
        return shortNames + primary + (service.isHeadless ? primary.map { "*.\($0)" } : [])
    }

    /// One line for `openssl req -addext`.
    var subjectAltName: String {
        "subjectAltName=" + certificateNames.map { "DNS:\($0)" }.joined(separator: ",") + "\n"
    }
}

extension ZoneRecord {
    /// The name that is all of the RDATA.
    var target: Name? {
        var name = FoldedName()
        return (try? name.read(from: rdata.rawSpan, at: 0)) == rdata.count ? name.name : nil
    }
}
