/// The one writer of the registry: changes in, differences out.
///
/// The cost of `apply` follows the change: every table is written in place, and only Services that a change
/// touches are compared.
package struct ClusterStore: Sendable {
    /// What the registry holds now; a copy of it stays as it is while the store moves on.
    package private(set) var snapshot: ClusterSnapshot

    package init(_ snapshot: ClusterSnapshot = ClusterSnapshot()) { self.snapshot = snapshot }

    package func view(of key: ObjectKey) -> ServiceView? { snapshot.view(of: key) }
    package var allViews: [ServiceView] { snapshot.allViews }

    /// Applies `changes` in order and returns what differs between the view before the first and after the last.
    ///
    /// A difference in `resourceVersion` or source line alone is stored and not reported. A change whose objects
    /// are not of its kind applies to the kind the object has.
    package mutating func apply(_ changes: [ClusterChange]) -> ClusterDelta {
        var touched = TouchedObjects()
        for change in changes {
            switch change {
            case .upserted(let object): upsert(object, &touched)
            case .removed(let kind, let key): remove(kind, key, &touched)
            case .replaced(let kind, let objects, _): replace(kind, with: objects, &touched)
            }
        }
        return touched.delta(to: snapshot)
    }

    /// Mark and sweep: stores `objects`, then removes the others of their kind.
    private mutating func replace(_ kind: ObjectKind, with objects: [ClusterObject], _ touched: inout TouchedObjects) {
        var kept = Set<ObjectKey>(minimumCapacity: objects.count)
        for object in objects {
            kept.insert(kind == .namespace ? ObjectKey(namespace: "", name: object.metadata.name) : object.key)
            upsert(object, &touched)
        }
        for key in snapshot.keys(of: kind) where !kept.contains(key) { remove(kind, key, &touched) }
    }

    private mutating func upsert(_ object: ClusterObject, _ touched: inout TouchedObjects) {
        let key = object.key
        switch object {
        case .namespace(let namespace):
            touched.namespace(key.name, in: snapshot)
            snapshot.namespaces[key.name] = namespace
        case .service(let service):
            touched.service(key, in: snapshot)
            snapshot.services[key] = service
            snapshot.serviceNames[key.namespace, default: []].insert(key.name)
        case .endpointSlice(let slice):
            put(slice, at: key, &touched)
        case .pod(let pod):
            touched.pod(key, in: snapshot)
            snapshot.pods[key] = pod
        case .configMap(let configMap): snapshot.configMaps[key] = configMap
        case .secret(let secret): snapshot.secrets[key] = secret
        case .workload(let workload): snapshot.workloads[key] = workload
        }
    }

    private mutating func remove(_ kind: ObjectKind, _ key: ObjectKey, _ touched: inout TouchedObjects) {
        switch kind {
        case .namespace:
            touched.namespace(key.name, in: snapshot)
            snapshot.namespaces[key.name] = nil
        case .service:
            touched.service(key, in: snapshot)
            snapshot.services[key] = nil
            snapshot.removeServiceName(key)
        case .endpointSlice:
            put(nil, at: key, &touched)
        case .pod:
            touched.pod(key, in: snapshot)
            snapshot.pods[key] = nil
        case .configMap: snapshot.configMaps[key] = nil
        case .secret: snapshot.secrets[key] = nil
        case .workload: snapshot.workloads[key] = nil
        }
    }

    /// Stores or removes (nil) a slice; one that moves to another Service touches both.
    private mutating func put(_ slice: EndpointSlice?, at key: ObjectKey, _ touched: inout TouchedObjects) {
        let old = snapshot.endpointSlices[key]
        if slice == old { return }
        if let service = old?.service {
            touched.service(service, in: snapshot)
            snapshot.unlink(key, from: service)
        }
        if let slice, let service = slice.service {
            touched.service(service, in: snapshot)
            snapshot.link(slice, to: service)
        }
        snapshot.endpointSlices[key] = slice
    }
}

extension ClusterSnapshot {
    fileprivate mutating func removeServiceName(_ key: ObjectKey) {
        serviceNames[key.namespace]?.remove(key.name)
        if serviceNames[key.namespace]?.isEmpty == true { serviceNames[key.namespace] = nil }
    }

    fileprivate mutating func link(_ slice: EndpointSlice, to service: ObjectKey) {
        slicesByService.update(service) { slices in
            let place = slices?.firstIndex { slice.metadata.name < $0.metadata.name } ?? slices?.count ?? 0
            slices = slices ?? []
            slices?.insert(slice, at: place)
        }
    }

    fileprivate mutating func unlink(_ slice: ObjectKey, from service: ObjectKey) {
        slicesByService.update(service) { slices in
            slices?.removeAll { $0.key == slice }
            if slices?.isEmpty == true { slices = nil }
        }
    }
}
