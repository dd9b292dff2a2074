import ClusterModel
import NetworkAddress

/// Reads `Endpoints` (v1) as the slices that Kubernetes' mirroring controller would make of them.
///
/// Source: k8s.io/endpointslice, endpointslicemirroring. One slice for each subset and address family.
struct EndpointsReader {
    static let managedByLabel = "endpointslice.kubernetes.io/managed-by"
    static let manager = "endpointslicemirroring-controller.k8s.io"
    static let skipLabel = "endpointslice.kubernetes.io/skip-mirror"

    var metadata: MetadataReader

    /// Empty where the object asks not to be mirrored.
    func slices(_ object: ManifestValue) throws(FieldError) -> [EndpointSlice] {
        let metadata = try metadata.metadata(of: object)
        var slices: [EndpointSlice] = []
        for (index, subset) in try object.elements("subsets").enumerated() {
            let endpoints = try endpoints(subset)
            let ports = try subset.elements("ports").map(EndpointSliceReader.port).compactMap(\.self)
            for family in IPFamily.allCases {
                let ofFamily = endpoints.filter { $0.addresses.allSatisfy { $0.family == family } }
                if ofFamily.isEmpty { continue }
                let name = "\(metadata.name)-subset-\(index + 1)-\(family.rawValue.lowercased())"
                slices.append(
                    EndpointSlice(
                        metadata: Self.derived(metadata, name), addressType: family == .ipv4 ? .ipv4 : .ipv6,
                        endpoints: ofFamily, ports: ports))
            }
        }
        return metadata.labels[Self.skipLabel] == "true" ? [] : slices
    }

    private static func derived(_ source: ObjectMetadata, _ name: String) -> ObjectMetadata {
        var metadata = source
        metadata.name = name
        metadata.labels[EndpointSlice.serviceNameLabel] = source.name
        metadata.labels[managedByLabel] = manager
        return metadata
    }

    private func endpoints(_ subset: ManifestValue) throws(FieldError) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        for (key, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
            for value in try subset.elements(key) {
                guard let address = try value.member("ip") else {
                    throw FieldError(value, "has no ip; add the address of the endpoint")
                }
                var endpoint = Endpoint(addresses: [try address.address()], ready: isReady)
                try value.readHost(&endpoint)
                endpoints.append(endpoint)
            }
        }
        return endpoints
    }
}
