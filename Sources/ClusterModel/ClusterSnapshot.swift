/// Everything the registry knows at one moment, by key.
///
/// Objects are packed and made anew with each look at them. A value: copying it is cheap, and a held copy never
/// changes.
package struct ClusterSnapshot: Sendable {
    /// In the order of `OctetCodes.kinds`.
    private var tables: [PackedTable]
    private var slicesByService = PackedTable(.service)
    private var slicesByServiceImport = PackedTable(.serviceImport)

    package init() { tables = Array(repeating: PackedTable(.key), count: OctetCodes.kinds.count) }

    /// The `Namespace` objects by name.
    ///
    /// A namespace may also exist only through the objects in it.
    package var namespaces: ObjectTable<String, Namespace> { ObjectTable(self[.namespace]) }
    package var services: ObjectTable<ObjectKey, Service> { ObjectTable(self[.service]) }
    package var endpointSlices: ObjectTable<ObjectKey, EndpointSlice> { ObjectTable(self[.endpointSlice]) }
    package var pods: ObjectTable<ObjectKey, Pod> { ObjectTable(self[.pod]) }
    package var configMaps: ObjectTable<ObjectKey, ConfigMap> { ObjectTable(self[.configMap]) }
    package var secrets: ObjectTable<ObjectKey, Secret> { ObjectTable(self[.secret]) }
    /// The name part of a key is `kind/name`: see `ClusterObject.key`.
    package var workloads: ObjectTable<ObjectKey, Workload> { ObjectTable(self[.workload]) }
    package var serviceImports: ObjectTable<ObjectKey, ServiceImport> { ObjectTable(self[.serviceImport]) }

    /// The object stored under `key`, whatever its kind.
    package func object(_ kind: ObjectKind, _ key: ObjectKey) -> ClusterObject? { packed(kind, key)?.object }

    /// The same object in its octets, as a registry file keeps it; not a copy.
    package func packed(_ kind: ObjectKind, _ key: ObjectKey) -> PackedObject? { self[kind][Self.tableKey(kind, key)] }

    /// All objects of one kind in their octets, in key order.
    package func packed(_ kind: ObjectKind) -> some Sequence<PackedObject> { self[kind] }

    /// The keys of one kind, in order; a Namespace's key has an empty namespace.
    package func keys(of kind: ObjectKind) -> [ObjectKey] { self[kind].map(\.key) }

    /// How many objects of one kind there are; O(1).
    package func count(of kind: ObjectKind) -> Int { self[kind].count }

    /// A Namespace is found by its name alone.
    static func tableKey(_ kind: ObjectKind, _ key: ObjectKey) -> TableKey {
        TableKey(kind == .namespace ? ObjectKey(namespace: "", name: key.name) : key)
    }

    private subscript(kind: ObjectKind) -> PackedTable {
        get { tables[Self.place(of: kind)] }
        _modify { yield &tables[Self.place(of: kind)] }
    }

    private static func place(of kind: ObjectKind) -> Int { Int(OctetCodes.code(of: kind, in: OctetCodes.kinds)) }
}

extension ClusterSnapshot {
    /// The Service with its slices; nil where there is no such Service, even if slices name it.
    package func view(of key: ObjectKey) -> ServiceView? { ServiceView(packedView(of: key, .service)) }

    /// The import with its slices; nil where there is no such ServiceImport.
    package func importView(of key: ObjectKey) -> ServiceImportView? {
        ServiceImportView(packedView(of: key, .serviceImport))
    }

    /// The slices with the Service's label, in name order, whether or not there is such a Service.
    package func slices(of service: ObjectKey) -> [EndpointSlice] {
        packedSlices(of: TableKey(service), .service).compactMap { EndpointSlice($0.object) }
    }

    /// Every Service with its slices, in key order; holds them all: `forEachView` does not.
    package var allViews: [ServiceView] {
        var views: [ServiceView] = []
        views.reserveCapacity(count(of: .service))
        forEachView { views.append($0) }
        return views
    }

    /// Makes one view at a time, in key order, so that a pass over all needs no memory to speak of.
    package func forEachView(_ body: (ServiceView) -> Void) { forEachView(ofPart: 0, of: 1, body) }

    /// The same for one of `partCount` parts of about one size, `0..<partCount`: each may be passed over at the same time.
    package func forEachView(ofPart part: Int, of partCount: Int, _ body: (ServiceView) -> Void) {
        self[.service].forEach(inPart: part, of: partCount) { service in
            let slices = packedSlices(of: service.tableKey, .service)
            if let view = ServiceView(PackedView(object: service, slices: slices)) { body(view) }
        }
    }

    /// The Services of one namespace, in name order.
    package func services(inNamespace namespace: String) -> [Service] { services.values(inNamespace: namespace) }

    func packedView(of key: ObjectKey, _ owner: SliceOwner) -> PackedView {
        let key = TableKey(key)
        let object = self[owner == .service ? .service : .serviceImport][key]
        return PackedView(object: object, slices: packedSlices(of: key, owner))
    }

    private func packedSlices(of key: TableKey, _ owner: SliceOwner) -> [PackedObject] {
        (owner == .service ? slicesByService : slicesByServiceImport).objects(like: key, .name)
    }
}

/// What an endpoint slice may belong to.
enum SliceOwner { case service, serviceImport }

extension ClusterSnapshot {
    /// Stores the object in the place of `old`, the one with its key.
    mutating func put(_ object: PackedObject, of kind: ObjectKind, inPlaceOf old: PackedObject?) {
        self[kind].put(object)
        guard kind == .endpointSlice else { return }
        slicesByService.put(object, inPlaceOf: old)
        slicesByServiceImport.put(object, inPlaceOf: old)
    }

    mutating func remove(_ old: PackedObject, of kind: ObjectKind) {
        self[kind].remove(old.tableKey)
        guard kind == .endpointSlice else { return }
        slicesByService.put(nil, inPlaceOf: old)
        slicesByServiceImport.put(nil, inPlaceOf: old)
    }
}

extension PackedTable {
    /// Stores `new`; `old` goes unless it has the same key.
    fileprivate mutating func put(_ new: PackedObject?, inPlaceOf old: PackedObject?) {
        if let old, let key = TableKey(old, in: order), new.flatMap({ TableKey($0, in: order) }) != key { remove(key) }
        if let new { put(new) }
    }
}
