/// A Kubernetes `Namespace` (v1): its name and labels.
package struct Namespace: Hashable, Sendable {
    package var metadata: ObjectMetadata

    package init(metadata: ObjectMetadata) { self.metadata = metadata }
}

/// A Kubernetes `ConfigMap` (v1), without `binaryData`, which no variable can hold.
package struct ConfigMap: Hashable, Sendable {
    package var metadata: ObjectMetadata
    package var data: [String: String]

    package init(metadata: ObjectMetadata, data: [String: String]) {
        self.metadata = metadata
        self.data = data
    }
}

/// A Kubernetes `Secret` (v1); `data` is decoded from base64 and merged with `stringData`.
package struct Secret: Hashable, Sendable {
    package var metadata: ObjectMetadata
    package var data: [String: [UInt8]]

    package init(metadata: ObjectMetadata, data: [String: [UInt8]]) {
        self.metadata = metadata
        self.data = data
    }
}

/// A Deployment or ReplicaSet: read for lint and `get`, never answered from.
package struct Workload: Hashable, Sendable {
    package var kind: String
    package var metadata: ObjectMetadata
    package var replicas: Int
    package var selector: [String: String]
    package var templateLabels: [String: String]
    package var containers: [Container]

    package init(
        kind: String, metadata: ObjectMetadata, replicas: Int = 1, selector: [String: String] = [:],
        templateLabels: [String: String] = [:], containers: [Container] = []
    ) {
        self.kind = kind
        self.metadata = metadata
        self.replicas = replicas
        self.selector = selector
        self.templateLabels = templateLabels
        self.containers = containers
    }
}

/// The kinds the registry stores, as their manifests name them; a Deployment is a `Workload`.
package enum ObjectKind: String, Hashable, Sendable, CaseIterable {
    case namespace = "Namespace"
    case service = "Service"
    case endpointSlice = "EndpointSlice"
    case pod = "Pod"
    case configMap = "ConfigMap"
    case secret = "Secret"
    case workload = "Workload"
    case serviceImport = "ServiceImport"
}

/// One object of the registry.
package enum ClusterObject: Hashable, Sendable {
    case namespace(Namespace)
    case service(Service)
    case endpointSlice(EndpointSlice)
    case pod(Pod)
    case configMap(ConfigMap)
    case secret(Secret)
    case workload(Workload)
    case serviceImport(ServiceImport)

    package var kind: ObjectKind {
        switch self {
        case .namespace: .namespace
        case .service: .service
        case .endpointSlice: .endpointSlice
        case .pod: .pod
        case .configMap: .configMap
        case .secret: .secret
        case .workload: .workload
        case .serviceImport: .serviceImport
        }
    }

    package var metadata: ObjectMetadata {
        switch self {
        case .namespace(let object): object.metadata
        case .service(let object): object.metadata
        case .endpointSlice(let object): object.metadata
        case .pod(let object): object.metadata
        case .configMap(let object): object.metadata
        case .secret(let object): object.metadata
        case .workload(let object): object.metadata
        case .serviceImport(let object): object.metadata
        }
    }

    /// The key in the store.
    ///
    /// A Workload's name is prefixed with its kind, since several kinds share the case.
    package var key: ObjectKey {
        if case .workload(let workload) = self {
            return ObjectKey(namespace: workload.metadata.namespace, name: "\(workload.kind)/\(workload.metadata.name)")
        }
        return metadata.key
    }
}

/// The one door by which objects enter, whatever their source: manifests, the Kubernetes API, the registry file.
package enum ClusterChange: Hashable, Sendable {
    /// The complete set of objects of one kind: those not named are gone.
    case replaced(ObjectKind, [ClusterObject], resourceVersion: String)
    case upserted(ClusterObject)
    case removed(ObjectKind, ObjectKey)
    /// The end of a list whose objects were upserted one by one: those of the kind that are not named are gone.
    case retained(ObjectKind, Set<ObjectKey>)
}
