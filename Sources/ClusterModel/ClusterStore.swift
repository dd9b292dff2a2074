/// The one writer of the registry: changes in, differences out.
///
/// The cost of `apply` follows the change: tables are written in place, what comes again as it was is compared by
/// its octets and goes no further, and only views that a change touches are made.
package struct ClusterStore: Sendable {
    /// What the registry holds now; a copy of it stays as it is while the store moves on.
    package private(set) var snapshot: ClusterSnapshot

    package init(_ snapshot: ClusterSnapshot = ClusterSnapshot()) { self.snapshot = snapshot }

    package func view(of key: ObjectKey) -> ServiceView? { snapshot.view(of: key) }
    package var allViews: [ServiceView] { snapshot.allViews }

    /// Stores what a registry file held, with no account of differences: the zone is compiled from it as a whole.
    package mutating func load(_ objects: some Sequence<PackedObject>) {
        for object in objects {
            let kind = object.kind
            snapshot.put(object, of: kind, inPlaceOf: kind == .endpointSlice ? snapshot.packed(kind, object.key) : nil)
        }
    }

    /// Applies `changes` in order and returns what differs between the view before the first and after the last.
    ///
    /// A difference in `resourceVersion` or source line alone is stored and not reported. A change whose objects
    /// are not of its kind applies to the kind the object has.
    package mutating func apply(_ changes: [ClusterChange]) -> ClusterDelta {
        var touched: TouchedObjects? = TouchedObjects()
        store(changes, &touched)
        return touched?.delta(to: snapshot) ?? ClusterDelta()
    }

    /// Applies `changes` in order with no account of differences: a large list costs half as much.
    package mutating func load(_ changes: [ClusterChange]) {
        var touched: TouchedObjects?
        store(changes, &touched)
    }

    private mutating func store(_ changes: [ClusterChange], _ touched: inout TouchedObjects?) {
        for change in changes {
            switch change {
            case .upserted(let object): put(object, &touched)
            case .removed(let kind, let key): remove(kind, key, &touched)
            case .replaced(let kind, let objects, _): replace(kind, with: objects, &touched)
            case .retained(let kind, let keys): sweep(kind, keeping: keys, &touched)
            }
        }
    }

    /// Mark and sweep: stores `objects`, then removes the others of their kind.
    private mutating func replace(_ kind: ObjectKind, with objects: [ClusterObject], _ touched: inout TouchedObjects?) {
        var kept = Set<ObjectKey>(minimumCapacity: objects.count)
        for object in objects {
            kept.insert(object.storedKey)
            put(object, &touched)
        }
        sweep(kind, keeping: kept, &touched)
    }

    /// Removes the objects of a kind that `kept` does not name; a Namespace is named without a namespace.
    private mutating func sweep(_ kind: ObjectKind, keeping kept: Set<ObjectKey>, _ touched: inout TouchedObjects?) {
        for key in snapshot.keys(of: kind) where !kept.contains(key) { remove(kind, key, &touched) }
    }

    private mutating func put(_ object: ClusterObject, _ touched: inout TouchedObjects?) {
        let (packed, kind) = (PackedObject(object), object.kind)
        let old = snapshot.packed(kind, object.storedKey)
        if old == packed { return }
        let isSame = old.map(packed.hasSameContent) ?? false
        if !isSame { touched?.note(old, packed, of: kind, in: snapshot) }
        snapshot.put(packed, of: kind, inPlaceOf: old)
    }

    private mutating func remove(_ kind: ObjectKind, _ key: ObjectKey, _ touched: inout TouchedObjects?) {
        guard let old = snapshot.packed(kind, key) else { return }
        touched?.note(old, nil, of: kind, in: snapshot)
        snapshot.remove(old, of: kind)
    }
}
