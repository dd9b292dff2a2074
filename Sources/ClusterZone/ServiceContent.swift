import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// What a Service says, before it is put into octets: the same in every zone.
///
/// A class, since a Service is large to copy.
final class ServiceContent {
    let view: ServiceView
    let schema: ZoneSchema
    /// What has names below the Service's.
    let endpoints: PublishedEndpoints
    /// Where the Service is reached from outside the cluster; empty in other zones than those.
    let outside: OutsideAddresses
    /// Whether the Service's own name is answered with its endpoints.
    let isHeadless: Bool
    /// Its name in each forward zone in folded wire form, the primary first; nil where it is over the limits.
    let names: [[UInt8]?]

    init(_ view: ServiceView, _ schema: ZoneSchema) {
        self.view = view
        self.schema = schema
        let service = view.service
        let isHidden = schema.options.hides(namespace: service.metadata.namespace)
        names = schema.parents.map { parent in
            isHidden ? nil : parent.flatMap { ServiceName.octets(of: service.key, under: $0) }
        }
        let hasEndpoints: Bool
        if let names = schema.options.outside {
            outside = OutsideAddresses(of: service, schema)
            isHeadless = outside.isEmpty
            hasEndpoints = names.includesHeadless && service.isHeadless && outside.isEmpty
        } else {
            outside = OutsideAddresses()
            isHeadless = service.isHeadless
            hasEndpoints = true
        }
        endpoints =
            service.type == .externalName || !hasEndpoints
            ? PublishedEndpoints() : PublishedEndpoints(slicesOf: view, schema)
    }

    /// The addresses that are the Service's own.
    var ownAddresses: PublishedEndpoints {
        schema.options.outside == nil
            ? PublishedEndpoints(addressesOf: view.service, schema)
            : PublishedEndpoints(addresses: outside.addresses, of: view.service)
    }

    /// Whether a Service with an address of its own is left out for having no endpoint (`ignore empty_service`).
    var isIgnored: Bool { schema.options.ignoresEmptyServices && endpoints.isEmpty && !isHeadless }

    /// The target of the CNAME that is all there is, or nil (rules 6 and 18).
    var alias: Name? {
        if schema.options.outside != nil { return outside.addresses.isEmpty ? outside.hostNames.first : nil }
        let service = view.service
        let isHostName = service.isHeadless && endpoints.isEmpty
        let target =
            service.type == .externalName ? service.externalName : isHostName ? view.soleHostName(schema.options) : nil
        guard let target, !target.isEmpty, IPAddress(target) == nil, let name = try? Name(target), name.labelCount > 0
        else { return nil }
        return name
    }

    /// Writes the Service's blocks in every forward zone.
    func write(to writer: inout NameBlockWriter) {
        let alias = alias
        guard alias != nil || hasAddresses else { return }
        for case .some(let base) in names {
            if let alias {
                writer.begin(owner: base.rawSpan, rrsetCount: 1)
                writer.append(alias: alias, ttl: schema.options.ttl)
                writer.end()
                outside.writePorts(of: view.service, base: base, ttl: schema.options.ttl, to: &writer)
            } else {
                ServiceBlocks(self, base: base).write(to: &writer)
            }
        }
    }

    private var hasAddresses: Bool {
        view.service.type != .externalName && !isIgnored && !(isHeadless && endpoints.isEmpty)
    }

    /// Calls `body` with every PTR record for the Service's addresses (rule 9); they point into the primary zone.
    func forEachPointer(_ body: (IPAddress, Pointer) -> Void) {
        let service = view.service
        guard let base = names.first ?? nil, service.type != .externalName, !isIgnored else { return }
        let hash = NameHasher.hash(base.rawSpan)
        let own = schema.options.outside == nil ? service.clusterIPs : outside.addresses
        for address in isHeadless ? [] : own where schema.serves(address.family) {
            body(address, Pointer(service: hash, label: .service))
        }
        guard schema.options.outside == nil else { return }
        for endpoint in endpoints.endpoints where endpoints.isNameable(endpoint, below: base.count) {
            body(endpoint.address, Pointer(service: hash, label: endpoints.pointerLabel(of: endpoint)))
        }
    }

    /// Whether an endpoint of the Service is one of `addresses`: then asking the Service asks this server.
    func leads(to addresses: [IPAddress]) -> Bool {
        let endpoints = schema.options.outside == nil ? endpoints : PublishedEndpoints(slicesOf: view, schema)
        return endpoints.endpoints.contains { endpoint in addresses.contains(endpoint.address) }
    }
}

extension PublishedEndpoints {
    fileprivate func pointerLabel(of endpoint: PublishedEndpoint) -> EndpointLabel {
        switch endpoint.label {
        case .service: .service
        case .dashed: .dashed
        case .named(let place): .named(labels[Int(place)])
        }
    }
}

extension NameBlockWriter {
    fileprivate mutating func append(alias target: Name, ttl: UInt32) {
        var record: [UInt8] = []
        record.appendRecord(owner: [0xC0, 0x0C], type: .cname, ttl: ttl, rdata: target.wire)
        beginRRset()
        _ = append(record: record.rawSpan)
        endRecords()
        endRRset(.cname)
    }
}
