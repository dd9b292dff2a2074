/// What the objects of a table are named by: a key, or for those in no namespace the name alone.
package protocol ObjectTableKey: Hashable, Sendable {
    init(_ key: ObjectKey)
    var objectKey: ObjectKey { get }
}

extension ObjectKey: ObjectTableKey {
    package init(_ key: ObjectKey) { self = key }
    package var objectKey: ObjectKey { self }
}

extension String: ObjectTableKey {
    package init(_ key: ObjectKey) { self = key.name }
    package var objectKey: ObjectKey { ObjectKey(namespace: "", name: self) }
}

/// A kind of object the registry holds.
package protocol RegistryObject: Hashable, Sendable {
    /// nil for an object of another kind.
    init?(_ object: ClusterObject)
}

extension Namespace: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .namespace(let value) = object else { return nil }
        self = value
    }
}

extension Service: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .service(let value) = object else { return nil }
        self = value
    }
}

extension EndpointSlice: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .endpointSlice(let value) = object else { return nil }
        self = value
    }
}

extension Pod: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .pod(let value) = object else { return nil }
        self = value
    }
}

extension ConfigMap: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .configMap(let value) = object else { return nil }
        self = value
    }
}

extension Secret: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .secret(let value) = object else { return nil }
        self = value
    }
}

extension Workload: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .workload(let value) = object else { return nil }
        self = value
    }
}

extension ServiceImport: RegistryObject {
    package init?(_ object: ClusterObject) {
        guard case .serviceImport(let value) = object else { return nil }
        self = value
    }
}
