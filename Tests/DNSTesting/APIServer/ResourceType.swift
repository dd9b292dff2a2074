/// A kind of object that the server holds, and how the API names it.
package struct ResourceType: Hashable, Sendable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    /// Lower case and plural, as in paths.
    package let name: String
    package let kind: String
    package let shortNames: [String]
    package let isNamespaced: Bool
    /// Custom resources have no protobuf form: they are served as JSON only.
    package let isCustom: Bool

    init(
        _ kind: String, _ name: String, group: String = "", version: String = "v1", short: [String] = [],
        isNamespaced: Bool = true, isCustom: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.group = group
        self.version = version
        shortNames = short
        self.isNamespaced = isNamespaced
        self.isCustom = isCustom
    }

    package static let namespaces = ResourceType("Namespace", "namespaces", short: ["ns"], isNamespaced: false)
    package static let services = ResourceType("Service", "services", short: ["svc"])
    package static let pods = ResourceType("Pod", "pods", short: ["po"])
    package static let configMaps = ResourceType("ConfigMap", "configmaps", short: ["cm"])
    package static let secrets = ResourceType("Secret", "secrets")
    package static let endpointSlices = ResourceType("EndpointSlice", "endpointslices", group: "discovery.k8s.io")
    package static let serviceImports = ResourceType(
        "ServiceImport", "serviceimports", group: "multicluster.x-k8s.io", version: "v1alpha1",
        short: ["svcim", "svcimport"], isCustom: true)

    package static let all = [
        namespaces, services, pods, configMaps, secrets, endpointSlices, serviceImports,
    ]

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    package var listKind: String { kind + "List" }
    /// `services`, or `endpointslices.discovery.k8s.io`, as messages have it.
    package var qualifiedName: String { group.isEmpty ? name : "\(name).\(group)" }

    /// The kind that a manifest means.
    package static func find(kind: String, apiVersion: String) -> ResourceType? {
        all.first { $0.kind == kind && $0.apiVersion == apiVersion }
    }
}

/// Namespace and name: what makes an object of a resource unique.
///
/// Sorts as etcd's keys do.
package struct ObjectName: Hashable, Sendable, Comparable {
    /// Empty for objects outside namespaces.
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
