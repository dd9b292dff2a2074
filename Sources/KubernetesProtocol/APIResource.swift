package import ClusterModel

/// A collection of the Kubernetes API: what is listed and watched, and where.
package struct APIResource: Hashable, Sendable {
    package let kind: ObjectKind
    /// Empty for the core group.
    package let group: String
    package let version: String
    /// Lower case and plural, as in paths and RBAC rules: `endpointslices`.
    package let name: String
    package let isNamespaced: Bool

    package static let namespaces = APIResource(.namespace, name: "namespaces", isNamespaced: false)
    package static let services = APIResource(.service, name: "services")
    package static let endpointSlices = APIResource(.endpointSlice, group: "discovery.k8s.io", name: "endpointslices")
    package static let pods = APIResource(.pod, name: "pods")
    package static let configMaps = APIResource(.configMap, name: "configmaps")
    package static let secrets = APIResource(.secret, name: "secrets")
    package static let serviceImports = APIResource(
        .serviceImport, group: "multicluster.x-k8s.io", version: "v1alpha1", name: "serviceimports")

    private init(
        _ kind: ObjectKind, group: String = "", version: String = "v1", name: String, isNamespaced: Bool = true
    ) {
        self.kind = kind
        self.group = group
        self.version = version
        self.name = name
        self.isNamespaced = isNamespaced
    }

    /// Whether a server may well not serve it: then there are no such objects.
    package var isOptional: Bool { kind == .serviceImport }

    /// `v1` or `GROUP/v1`, as `apiVersion` has it.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of the collection, of one namespace's part of it, or of one object in it.
    package func path(namespace: String? = nil, object: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace { path += "/namespaces/\(namespace)" }
        path += "/\(name)"
        if let object { path += "/\(object)" }
        return path
    }
}
