import ClusterModel

/// One object as `get` shows it.
struct ListedObject: Hashable {
    /// Empty for cluster-scoped kinds.
    var namespace: String
    var name: String
    /// The cells behind NAME.
    var cells: [String]
    /// The cells that `-o wide` adds.
    var wideCells: [String] = []
    /// The object as Kubernetes writes it, as far as its fields are kept.
    var manifest: StructuredValue
}

/// All objects of one type, with their columns.
struct ResourceListing: Hashable {
    var type: ResourceType
    /// The columns behind NAME.
    var header: [String]
    var wideHeader: [String] = []
    /// In the order of namespace and name.
    var objects: [ListedObject]

    /// The table, with the namespaces as its first column where all are listed.
    func table(isWide: Bool, showsNamespaces: Bool) -> TextTable {
        let first = showsNamespaces ? ["NAMESPACE", "NAME"] : ["NAME"]
        return TextTable(
            header: first + header + (isWide ? wideHeader : []),
            rows: objects.map { object in
                (showsNamespaces ? [object.namespace, object.name] : [object.name]) + object.cells
                    + (isWide ? object.wideCells : [])
            })
    }

    /// A `List` of the objects; the object itself where `isSingle`.
    func document(isSingle: Bool) -> StructuredValue {
        if isSingle, let object = objects.first { return object.manifest }
        return .record([
            "apiVersion": .string("v1"), "kind": .string("List"), "items": .array(objects.map(\.manifest)),
            "metadata": .record(["resourceVersion": .string("")]),
        ])
    }
}

extension ClusterSnapshot {
    /// Every object of the type; `now` in seconds since 1970 is what ages are counted to.
    func listing(_ type: ResourceType, now: Int64) -> ResourceListing {
        let table = ResourceTable(snapshot: self, now: now)
        var listing =
            switch type {
            case .services: table.services
            case .endpoints: table.endpoints
            case .endpointSlices: table.endpointSlices
            case .pods: table.pods
            case .namespaces: table.namespaces
            case .deployments: table.deployments
            case .replicaSets: table.replicaSets
            case .statefulSets: table.statefulSets
            case .daemonSets: table.daemonSets
            }
        listing.objects.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        return listing
    }
}

/// Makes the rows of each type from a snapshot; one file a family of types.
struct ResourceTable {
    let snapshot: ClusterSnapshot
    let now: Int64

    func age(_ metadata: ObjectMetadata) -> String { HumanDuration.age(since: metadata.creationTime, now: now) }

    func row(
        _ metadata: ObjectMetadata, _ cells: [String], wide: [String] = [], manifest: StructuredValue
    ) -> ListedObject {
        ListedObject(
            namespace: metadata.namespace, name: metadata.name, cells: cells, wideCells: wide, manifest: manifest)
    }
}
