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
    /// Its name in each forward zone in folded wire form, the primary first; nil where it is over the limits.
    let names: [[UInt8]?]

    init(_ view: ServiceView, _ schema: ZoneSchema) {
        self.view = view
        self.schema = schema
        names = schema.parents.map { parent in parent.flatMap { ServiceName.octets(of: view.service.key, under: $0) } }
        endpoints =
            view.service.type == .externalName
            ? PublishedEndpoints() : PublishedEndpoints(slicesOf: view, schema)
    }

    /// Whether a Service with an address of its own is left out for having no endpoint (`ignore empty_service`).
    var isIgnored: Bool { schema.options.ignoresEmptyServices && endpoints.isEmpty && !view.service.isHeadless }

    /// The target of the CNAME that is all there is, or nil (rules 6 and 18).
    var alias: Name? {
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
            } else {
                ServiceBlocks(self, base: base).write(to: &writer)
            }
        }
    }

    private var hasAddresses: Bool {
        view.service.type != .externalName && !isIgnored && !(view.service.isHeadless && endpoints.isEmpty)
    }

    /// Calls `body` with every PTR record for the Service's addresses (rule 9); they point into the primary zone.
    func forEachPointer(_ body: (IPAddress, Pointer) -> Void) {
        let service = view.service
        guard let base = names.first ?? nil, service.type != .externalName, !isIgnored else { return }
        let hash = NameHasher.hash(base.rawSpan)
        for address in service.isHeadless ? [] : service.clusterIPs where schema.serves(address.family) {
            body(address, Pointer(service: hash, label: .service))
        }
        for endpoint in endpoints.endpoints where endpoints.isNameable(endpoint, below: base.count) {
            body(endpoint.address, Pointer(service: hash, label: endpoints.pointerLabel(of: endpoint)))
        }
    }

    /// Whether an endpoint of the Service is one of `addresses`: then asking the Service asks this server.
    func leads(to addresses: [IPAddress]) -> Bool {
        endpoints.endpoints.contains { endpoint in addresses.contains(endpoint.address) }
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
