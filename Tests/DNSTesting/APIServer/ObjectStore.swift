/// The objects with their versions and their past: what etcd and the watch cache are to kube-apiserver.
///
/// One counter gives every change in every resource its version. Of each resource the last changes are remembered, so
/// that watches can start in the past and lists can be paged as of one version; what lies before them is compacted.
package struct ObjectStore: Sendable {
    enum EventType: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    struct Change: Sendable {
        var type: EventType
        /// The object after the change; after a deletion its last state, under the version of the deletion.
        var object: StoredObject
        var previous: StoredObject?

        var revision: UInt64 { object.revision }
    }

    private struct Collection: Sendable {
        var objects = OrderedObjects()
        /// Oldest first.
        var history: [Change] = []
        /// Changes up to here are forgotten.
        var compacted: UInt64 = 0
        var lastChange: UInt64 = 0
    }

    private(set) var revision: UInt64
    private var collections = Dictionary(uniqueKeysWithValues: ResourceType.all.map { ($0, Collection()) })
    /// How many changes of a resource are remembered, at least.
    private let historyLimit: Int

    init(revision: UInt64 = 1, historyLimit: Int = 10_000) {
        self.revision = revision
        self.historyLimit = historyLimit
    }

    func object(_ type: ResourceType, _ name: ObjectName) -> StoredObject? { collections[type]?.objects[name] }

    /// The objects in the order of their keys.
    func objects(_ type: ResourceType) -> OrderedObjects { collections[type]?.objects ?? OrderedObjects() }

    /// The version of the last change to a resource.
    func lastChange(_ type: ResourceType) -> UInt64 { collections[type]?.lastChange ?? 0 }

    /// Creates or replaces an object.
    mutating func put(_ type: ResourceType, _ name: ObjectName, _ value: JSONValue) -> Change {
        revision += 1
        let object = StoredObject(type, name, value, revision: revision)
        let previous = collections[type, default: Collection()].objects.replace(name, by: object)
        let change = Change(type: previous == nil ? .added : .modified, object: object, previous: previous)
        remember(change)
        return change
    }

    /// Deletes an object; nil where there is none.
    mutating func remove(_ type: ResourceType, _ name: ObjectName) -> Change? {
        guard let previous = collections[type]?.objects.replace(name, by: nil) else { return nil }
        revision += 1
        let change = Change(type: .deleted, object: previous.at(revision), previous: previous)
        remember(change)
        return change
    }

    /// Forgets all changes so far: watches and lists from before are too old.
    mutating func compact() {
        for type in ResourceType.all {
            collections[type]?.history = []
            collections[type]?.compacted = revision
        }
    }

    /// What changed after `revision`, oldest first; throws 410 where that is no longer known.
    func changes(_ type: ResourceType, after revision: UInt64) throws(Status) -> ArraySlice<Change> {
        guard let collection = collections[type] else { return [] }
        guard revision >= collection.compacted else { throw .tooOld(revision, oldest: collection.compacted + 1) }
        let start = collection.history.lastIndex { $0.revision <= revision }.map { $0 + 1 } ?? 0
        return collection.history[start...]
    }

    /// The last changes, whatever their version.
    func lastChanges(_ type: ResourceType, count: Int) -> ArraySlice<Change> {
        collections[type]?.history.suffix(count) ?? []
    }

    /// The objects as they were at `revision`; throws 410 where that is no longer known.
    func objects(_ type: ResourceType, at revision: UInt64) throws(Status) -> OrderedObjects {
        var objects = objects(type)
        for change in try changes(type, after: revision).reversed() {
            _ = objects.replace(change.object.name, by: change.previous)
        }
        return objects
    }

    private mutating func remember(_ change: Change) {
        let type = change.object.type
        collections[type]?.history.append(change)
        collections[type]?.lastChange = change.revision
        // Cut in large steps, so that a change costs the same on average.
        guard let history = collections[type]?.history, history.count > 2 * historyLimit else { return }
        let gone = history.count - historyLimit
        collections[type]?.compacted = history[gone - 1].revision
        collections[type]?.history = Array(history[gone...])
    }
}

/// Objects of one resource in the order of their keys.
struct OrderedObjects: Sendable {
    private(set) var all: [StoredObject] = []

    var count: Int { all.count }

    subscript(name: ObjectName) -> StoredObject? {
        let index = firstIndex(notBefore: name)
        return index < all.count && all[index].name == name ? all[index] : nil
    }

    /// Those behind `name`, which itself need not be there.
    func after(_ name: ObjectName) -> ArraySlice<StoredObject> {
        let index = firstIndex(notBefore: name)
        return all[index...].drop { $0.name == name }
    }

    /// Puts `object` where `name` belongs, or removes what is there; returns what was there.
    mutating func replace(_ name: ObjectName, by object: StoredObject?) -> StoredObject? {
        let index = firstIndex(notBefore: name)
        guard index < all.count, all[index].name == name else {
            if let object { all.insert(object, at: index) }
            return nil
        }
        let previous = all[index]
        if let object { all[index] = object } else { all.remove(at: index) }
        return previous
    }

    private func firstIndex(notBefore name: ObjectName) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
