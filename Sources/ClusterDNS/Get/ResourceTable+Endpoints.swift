import ClusterModel
import NetworkAddress

/// EndpointSlices, and the `Endpoints` that a cluster would keep beside them.
///
/// Source: pkg/printers/internalversion/printers.go, `printEndpointSlice` and `formatEndpoints`.
extension ResourceTable {
    var endpointSlices: ResourceListing {
        let objects = snapshot.endpointSlices.values.map { slice in
            let addresses = slice.endpoints.flatMap { $0.addresses.map(\.description) + $0.hostNames }
            let cells = [
                slice.addressType.rawValue, Self.orUnset(slice.ports.map { "\($0.port)" }), Self.orUnset(addresses),
                age(slice.metadata),
            ]
            return row(slice.metadata, cells, manifest: slice.manifest)
        }
        return ResourceListing(
            type: .endpointSlices, header: ["ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"], objects: objects)
    }

    var endpoints: ResourceListing {
        ResourceListing(
            type: .endpoints, header: ["ENDPOINTS", "AGE"],
            objects: EndpointsView.all(in: snapshot).map { view in
                let texts = view.subsets.flatMap(\.texts)
                let cell = view.subsets.isEmpty ? "<none>" : texts.shortList
                return row(view.metadata, [cell, age(view.metadata)], manifest: view.manifest)
            })
    }

    private static func orUnset(_ texts: [String]) -> String { texts.isEmpty ? "<unset>" : texts.shortList }
}

/// What the endpoints controller would write for one Service: its primary family, grouped by ports.
struct EndpointsView {
    struct Subset {
        var ready: [IPAddress]
        var notReady: [IPAddress]
        var ports: [EndpointPort]

        /// `address:port` for every port and ready address; the address alone where there is no port.
        var texts: [String] {
            if ports.isEmpty { return ready.map(\.description) }
            return ports.flatMap { port in ready.map { "\($0.bracketed):\(port.port)" } }
        }
    }

    var metadata: ObjectMetadata
    var subsets: [Subset]

    /// Of every Service that has a selector or slices, and of slices whose Service is not there.
    static func all(in snapshot: ClusterSnapshot) -> [EndpointsView] {
        let selecting = snapshot.services.values.filter { !$0.selector.isEmpty && $0.type != .externalName }
        let keys = Set(selecting.map(\.key)).union(snapshot.endpointSlices.values.compactMap(\.service))
        return keys.map { EndpointsView($0, in: snapshot) }
    }

    private init(_ key: ObjectKey, in snapshot: ClusterSnapshot) {
        let service = snapshot.services[key]
        let slices = snapshot.slices(of: key).filter { $0.addressType != .fqdn }
        metadata = ObjectMetadata(
            name: key.name, namespace: key.namespace, labels: service?.metadata.labels ?? [:],
            creationTime: service.map(\.metadata.creationTime) ?? slices.first?.metadata.creationTime)
        let types = Set(slices.map(\.addressType))
        let family = service.flatMap { $0.ipFamilies.first ?? $0.clusterIPs.first?.family }
        let type: EndpointSlice.AddressType =
            (family ?? (types.contains(.ipv4) ? .ipv4 : .ipv6)) == .ipv4 ? .ipv4 : .ipv6
        let groups = Dictionary(grouping: slices.filter { $0.addressType == type }, by: \.ports)
        subsets = groups.map { Subset(ports: $0.key, endpoints: $0.value.flatMap(\.endpoints)) }
            .filter { !$0.ready.isEmpty || !$0.notReady.isEmpty }
            .sorted { ($0.ready + $0.notReady).lexicographicallyPrecedes($1.ready + $1.notReady) }
    }
}

extension EndpointsView.Subset {
    init(ports: [EndpointPort], endpoints: [Endpoint]) {
        self.ports = ports
        ready = Set(endpoints.filter(\.isPublished).flatMap(\.addresses)).sorted()
        notReady = Set(endpoints.filter { !$0.isPublished }.flatMap(\.addresses)).sorted()
    }
}

extension IPAddress {
    /// As before a port: `10.0.0.1`, `[fd00::1]`.
    fileprivate var bracketed: String { family == .ipv4 ? description : "[\(self)]" }
}
