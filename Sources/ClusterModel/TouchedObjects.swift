/// What the objects a batch of changes touches were before it: the first state of each is remembered, packed.
struct TouchedObjects {
    private var services: [ObjectKey: PackedView] = [:]
    private var serviceImports: [ObjectKey: PackedView] = [:]
    private var namespaces: [ObjectKey: PackedObject?] = [:]
    private var pods: [ObjectKey: PackedObject?] = [:]

    /// Remembers what `snapshot` holds of the views that change when `new` comes in the place of `old`.
    mutating func note(_ old: PackedObject?, _ new: PackedObject?, of kind: ObjectKind, in snapshot: ClusterSnapshot) {
        guard let key = (old ?? new)?.key else { return }
        switch kind {
        case .namespace: if namespaces[key] == nil { namespaces[key] = .some(old) }
        case .pod: if pods[key] == nil { pods[key] = .some(old) }
        case .service: note(service: key, in: snapshot)
        case .serviceImport: note(serviceImport: key, in: snapshot)
        case .endpointSlice:
            for slice in [old, new].compactMap(\.self) {
                if let owner = TableKey(slice, in: .service) { note(service: owner.objectKey, in: snapshot) }
                if let owner = TableKey(slice, in: .serviceImport) {
                    note(serviceImport: owner.objectKey, in: snapshot)
                }
            }
        case .configMap, .secret, .workload: break
        }
    }

    private mutating func note(service key: ObjectKey, in snapshot: ClusterSnapshot) {
        if services[key] == nil { services[key] = snapshot.packedView(of: key, .service) }
    }

    private mutating func note(serviceImport key: ObjectKey, in snapshot: ClusterSnapshot) {
        if serviceImports[key] == nil { serviceImports[key] = snapshot.packedView(of: key, .serviceImport) }
    }

    func delta(to snapshot: ClusterSnapshot) -> ClusterDelta {
        var delta = ClusterDelta()
        for (key, before) in services {
            let after = snapshot.packedView(of: key, .service)
            if before.hasSameContent(as: after) { continue }
            delta.services[key] = .init(before: ServiceView(before), after: ServiceView(after))
        }
        for (key, before) in serviceImports {
            let after = snapshot.packedView(of: key, .serviceImport)
            if before.hasSameContent(as: after) { continue }
            delta.serviceImports[key] = .init(before: ServiceImportView(before), after: ServiceImportView(after))
        }
        for (key, before) in namespaces {
            let after = snapshot.packed(.namespace, key)
            if let difference: ClusterDelta.Difference<Namespace> = Self.difference(before, after) {
                delta.namespaces[key.name] = difference
            }
        }
        for (key, before) in pods {
            if let difference: ClusterDelta.Difference<Pod> = Self.difference(before, snapshot.packed(.pod, key)) {
                delta.pods[key] = difference
            }
        }
        return delta
    }

    private static func difference<Value: RegistryObject>(
        _ before: PackedObject?, _ after: PackedObject?
    ) -> ClusterDelta.Difference<Value>? {
        let isSame =
            if let before, let after { before.hasSameContent(as: after) } else { before == nil && after == nil }
        return isSame
            ? nil : .init(before: before.flatMap { Value($0.object) }, after: after.flatMap { Value($0.object) })
    }
}
