package import NetworkAddress

/// A `ServiceImport` (multicluster.x-k8s.io/v1alpha1, KEP-1645): a Service of several clusters.
package struct ServiceImport: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case clusterSetIP = "ClusterSetIP"
        case headless = "Headless"
    }

    /// The label that says which ServiceImport an endpoint slice belongs to.
    package static let serviceNameLabel = "multicluster.kubernetes.io/service-name"

    /// The label that says which cluster a slice's endpoints are in.
    package static let sourceClusterLabel = "multicluster.kubernetes.io/source-cluster"

    package var metadata: ObjectMetadata
    package var kind: Kind
    /// The addresses for the whole cluster set; empty if headless.
    package var ips: [IPAddress]
    package var ports: [ServicePort]

    package init(metadata: ObjectMetadata, kind: Kind, ips: [IPAddress] = [], ports: [ServicePort] = []) {
        self.metadata = metadata
        self.kind = kind
        self.ips = ips
        self.ports = ports
    }

    package var key: ObjectKey { metadata.key }
}
