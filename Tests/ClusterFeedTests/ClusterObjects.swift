import ClusterModel
import NetworkAddress

/// Objects as an API feed keeps them.
enum Objects {
    static func service(_ key: ObjectKey, _ address: String = "10.0.0.1", version: String = "1") -> ClusterObject {
        let addresses = [IPAddress(address)].compactMap(\.self)
        return .service(
            Service(
                metadata: metadata(key, version), clusterIPs: addresses, isHeadless: addresses.isEmpty,
                ports: [ServicePort(name: "http", port: 80)]))
    }

    static func headless(_ key: ObjectKey, version: String = "1") -> ClusterObject {
        service(key, "", version: version)
    }

    static func slice(
        _ name: String, of service: ObjectKey, _ addresses: [String], version: String = "1"
    ) -> ClusterObject {
        var metadata = metadata(ObjectKey(namespace: service.namespace, name: name), version)
        metadata.labels = [EndpointSlice.serviceNameLabel: service.name]
        return .endpointSlice(
            EndpointSlice(
                metadata: metadata, addressType: .ipv4,
                endpoints: addresses.map { Endpoint(addresses: [IPAddress($0)].compactMap(\.self), ready: true) },
                ports: [EndpointPort(name: "http", port: 8080)]))
    }

    static func namespace(_ name: String, version: String = "1") -> ClusterObject {
        .namespace(Namespace(metadata: metadata(ObjectKey(namespace: "", name: name), version)))
    }

    private static func metadata(_ key: ObjectKey, _ version: String) -> ObjectMetadata {
        ObjectMetadata(name: key.name, namespace: key.namespace, resourceVersion: version)
    }
}

extension ObjectKey {
    /// `NAMESPACE/NAME`.
    init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        self.init(namespace: parts.first ?? "", name: parts.last ?? "")
    }
}
