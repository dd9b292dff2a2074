import NIOCore

/// All that changes while the server runs; behind one lock.
struct ServerState: Sendable {
    var store: ObjectStore
    var settings: ServerSettings
    var faults: [Fault] = []
    var denials: Set<Denial> = []
    var renderings = Renderings()
    private(set) var watchers: [Int: Watcher] = [:]
    private var nextWatcher = 0
    /// Requests by verb and resource: `list services`.
    var requestCounts: [String: Int] = [:]
    /// The last service address and name suffix given out.
    var counter = 0

    init(store: ObjectStore, settings: ServerSettings) {
        self.store = store
        self.settings = settings
    }

    /// Counts a request and takes the faults that are meant for it.
    mutating func admit(_ call: APICall) -> Effects {
        requestCounts[call.label, default: 0] += 1
        var effects = Effects()
        for index in faults.indices where faults[index].concerns(call) {
            effects.all.append(faults[index].effect)
            faults[index].count = faults[index].count.map { $0 - 1 }
        }
        faults.removeAll { $0.count == 0 }
        return effects
    }

    /// Creates or replaces an object and tells the watches.
    @discardableResult
    mutating func put(_ type: ResourceType, _ name: ObjectName, _ value: JSONValue) -> StoredObject {
        let change = store.put(type, name, value)
        tell(change)
        return change.object
    }

    /// Deletes an object and tells the watches.
    @discardableResult
    mutating func remove(_ type: ResourceType, _ name: ObjectName) -> StoredObject? {
        guard let change = store.remove(type, name) else { return nil }
        tell(change)
        return change.object
    }

    /// Sends the last changes of a resource once more, in this order or the reverse.
    func repeatChanges(_ type: ResourceType, count: Int, reversed: Bool) {
        let changes = store.lastChanges(type, count: count)
        for change in reversed ? changes.reversed() : Array(changes) {
            for watcher in watchers.values where watcher.type == type {
                if let frame = watcher.frame(for: change) { watcher.send(frame) }
            }
        }
    }

    mutating func add(_ watcher: Watcher) -> Int {
        nextWatcher += 1
        watchers[nextWatcher] = watcher
        return nextWatcher
    }

    mutating func removeWatcher(_ id: Int) { watchers[id] = nil }

    private func tell(_ change: ObjectStore.Change) {
        for watcher in watchers.values where watcher.type == change.object.type && change.revision > watcher.after {
            if let frame = watcher.frame(for: change) { watcher.send(frame) }
        }
    }
}
