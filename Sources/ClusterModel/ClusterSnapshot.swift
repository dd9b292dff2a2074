/// Everything the registry knows at one moment, by key.
///
/// A value: copying it is cheap (some thousand reference counts), and a held copy never changes.
package struct ClusterSnapshot: Sendable {
    /// The `Namespace` objects by name.
    ///
    /// A namespace may also exist only through the objects in it.
    package internal(set) var namespaces: ObjectTable<String, Namespace> = [:]
    package internal(set) var services: ObjectTable<ObjectKey, Service> = [:]
    package internal(set) var endpointSlices: ObjectTable<ObjectKey, EndpointSlice> = [:]
    package internal(set) var pods: ObjectTable<ObjectKey, Pod> = [:]
    package internal(set) var configMaps: ObjectTable<ObjectKey, ConfigMap> = [:]
    package internal(set) var secrets: ObjectTable<ObjectKey, Secret> = [:]
    /// The name part of a key is `kind/name`: see `ClusterObject.key`.
    package internal(set) var workloads: ObjectTable<ObjectKey, Workload> = [:]
    /// The slices that carry a Service's label, in name order; also for a Service not (yet) there.
    var slicesByService: ObjectTable<ObjectKey, [EndpointSlice]> = [:]
    var serviceNames: [String: Set<String>] = [:]

    package init() {}

    /// The Service with its slices; nil where there is no such Service, even if slices name it.
    package func view(of key: ObjectKey) -> ServiceView? {
        services[key].map { ServiceView(service: $0, slices: slices(of: key)) }
    }

    /// The slices with the Service's label, in name order, whether or not there is such a Service.
    package func slices(of service: ObjectKey) -> [EndpointSlice] { slicesByService[service] ?? [] }

    /// Every Service with its slices, in key order.
    package var allViews: [ServiceView] { services.keys.sorted().compactMap(view) }

    /// The Services of one namespace, in name order.
    package func services(inNamespace namespace: String) -> [Service] {
        (serviceNames[namespace] ?? []).sorted().compactMap { services[ObjectKey(namespace: namespace, name: $0)] }
    }

    /// The object stored under `key`, whatever its kind.
    package func object(_ kind: ObjectKind, _ key: ObjectKey) -> ClusterObject? {
        switch kind {
        case .namespace: namespaces[key.name].map { .namespace($0) }
        case .service: services[key].map { .service($0) }
        case .endpointSlice: endpointSlices[key].map { .endpointSlice($0) }
        case .pod: pods[key].map { .pod($0) }
        case .configMap: configMaps[key].map { .configMap($0) }
        case .secret: secrets[key].map { .secret($0) }
        case .workload: workloads[key].map { .workload($0) }
        }
    }

    /// The keys of one kind, in no order; a Namespace's key has an empty namespace.
    package func keys(of kind: ObjectKind) -> [ObjectKey] {
        switch kind {
        case .namespace: namespaces.keys.map { ObjectKey(namespace: "", name: $0) }
        case .service: Array(services.keys)
        case .endpointSlice: Array(endpointSlices.keys)
        case .pod: Array(pods.keys)
        case .configMap: Array(configMaps.keys)
        case .secret: Array(secrets.keys)
        case .workload: Array(workloads.keys)
        }
    }

    /// How many objects of one kind there are; O(1).
    package func count(of kind: ObjectKind) -> Int {
        switch kind {
        case .namespace: namespaces.count
        case .service: services.count
        case .endpointSlice: endpointSlices.count
        case .pod: pods.count
        case .configMap: configMaps.count
        case .secret: secrets.count
        case .workload: workloads.count
        }
    }
}
