import ClusterModel

/// Which parts of the registry its file lacks.
struct UnsavedChanges {
    /// The time of what the server has confirmed since the start; it is saved with the time of the writing.
    private static let undated: Int64 = 0

    private var changed: [ObjectKind: Set<ObjectKey>] = [:]
    private var swept = Set<ObjectKind>()
    private var resources: [ObjectKind: StoredResource] = [:]
    /// How far each kind has come, written or not.
    private var known: [ObjectKind: StoredResource] = [:]

    mutating func add(_ changes: [ClusterChange]) {
        for change in changes {
            switch change {
            case .upserted(let object): add(object.kind, object.key)
            case .removed(let kind, let key): add(kind, key)
            case .retained(let kind, _): swept.insert(kind)
            case .replaced(let kind, let objects, _):
                swept.insert(kind)
                for object in objects { add(object.kind, object.key) }
            }
        }
    }

    /// A Namespace is in no namespace, whatever its object says.
    private mutating func add(_ kind: ObjectKind, _ key: ObjectKey) {
        let key = kind == .namespace ? ObjectKey(namespace: "", name: key.name) : key
        changed[kind, default: []].insert(key)
    }

    /// Notes that the registry holds everything up to `version`.
    mutating func reached(_ kind: ObjectKind, _ version: String, fingerprint: String) {
        resources[kind] = StoredResource(fingerprint: fingerprint, resourceVersion: version, savedTime: Self.undated)
        known[kind] = resources[kind]
    }

    /// Notes what the registry file has already.
    mutating func noteStored(_ stored: [ObjectKind: StoredResource]) { known = stored }

    /// Notes that the file lacks all of `snapshot`.
    mutating func addAll(of snapshot: ClusterSnapshot) {
        resources = known
        swept = Set(known.keys)
        for kind in known.keys { changed[kind, default: []].formUnion(snapshot.keys(of: kind)) }
    }

    /// Everything so far with the registry it belongs to, as of `seconds` since 1970; nil where there is nothing.
    mutating func takeImage(_ snapshot: ClusterSnapshot, at seconds: Int64) -> RegistryImage? {
        let dated = resources.mapValues { resource in
            var resource = resource
            if resource.savedTime == Self.undated { resource.savedTime = seconds }
            return resource
        }
        let image = RegistryImage(snapshot: snapshot, changed: changed, swept: swept, resources: dated)
        (changed, swept, resources) = ([:], [], [:])
        return image.isEmpty ? nil : image
    }

    /// Takes back what could not be written; what has come since goes before it.
    mutating func putBack(_ image: RegistryImage) {
        changed.merge(image.changed) { $0.union($1) }
        swept.formUnion(image.swept)
        resources.merge(image.resources) { newer, _ in newer }
    }
}
