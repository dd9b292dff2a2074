import Synchronization

/// A server's objects at one moment, to go back to.
package struct ServerBackup: Sendable {
    fileprivate var store: ObjectStore
}

extension APIServer {
    var settings: ServerSettings { state.withLock { $0.settings } }

    /// Changes how the server behaves, from the next request on.
    package func configure(_ change: @Sendable (inout ServerSettings) -> Void) {
        state.withLock { change(&$0.settings) }
    }

    // MARK: objects

    /// Creates or replaces an object as it is, right or wrong; nothing is filled in but the version.
    ///
    /// Kind, namespace and name are taken from the object. `completing` fills in what kube-apiserver would: uid, time,
    /// types, addresses. Returns its resourceVersion.
    @discardableResult
    package func put(_ object: JSONValue, completing: Bool = false) throws(UnreadableText) -> UInt64 {
        let kind = object["kind"]?.string ?? ""
        guard let type = ResourceType.find(kind: kind, apiVersion: object["apiVersion"]?.string ?? "") else {
            throw UnreadableText(description: "the server has no \(kind) of this apiVersion; see ResourceType.all")
        }
        guard let name = object["metadata"]?["name"]?.string else {
            throw UnreadableText(description: "a \(kind) has no metadata.name; every object needs one")
        }
        let namespace = type.isNamespaced ? object["metadata"]?["namespace"]?.string ?? "default" : ""
        var object = object
        if type.isNamespaced { object["metadata", "namespace"] = .string(namespace) }
        let key = ObjectName(namespace: namespace, name: name)
        return state.withLock { state in
            var whole = object
            if completing { state.complete(&whole, type, key) }
            return state.put(type, key, whole).revision
        }
    }

    /// Every object of a YAML or JSON text, `List`s taken apart; kinds that the server does not have are left out.
    @discardableResult
    package func put(yaml text: String, completing: Bool = false) throws(UnreadableText) -> Int {
        var count = 0
        for document in try JSONValue.documents(yaml: text) {
            for object in Self.members(document) where Self.isKnown(object) {
                try put(object, completing: completing)
                count += 1
            }
        }
        return count
    }

    /// Deletes an object; false where there is none.
    @discardableResult
    package func remove(_ type: ResourceType, _ name: String, namespace: String = "") -> Bool {
        state.withLock { $0.remove(type, ObjectName(namespace: namespace, name: name)) } != nil
    }

    /// An object as it is stored, with its kind; nil where there is none.
    package func object(_ type: ResourceType, _ name: String, namespace: String = "") -> JSONValue? {
        state.withLock { $0.store.object(type, ObjectName(namespace: namespace, name: name)) }?.whole
    }

    /// All objects of a resource in the order of their keys.
    package func objects(_ type: ResourceType) -> [JSONValue] {
        state.withLock { $0.store.objects(type).all }.map(\.whole)
    }

    /// The version of the last change.
    package var revision: UInt64 { state.withLock { $0.store.revision } }

    private static func members(_ document: JSONValue) -> [JSONValue] {
        guard document["kind"]?.string?.hasSuffix("List") == true else { return [document] }
        return document["items"]?.array ?? []
    }

    private static func isKnown(_ object: JSONValue) -> Bool {
        ResourceType.find(kind: object["kind"]?.string ?? "", apiVersion: object["apiVersion"]?.string ?? "") != nil
    }

    // MARK: faults

    package func add(_ fault: Fault) { state.withLock { $0.faults.append(fault) } }

    /// Takes away all faults and denials.
    package func heal() {
        connections.thaw()
        state.withLock { state in
            state.faults = []
            state.denials = []
        }
    }

    /// Denies a verb on a resource (403) until `heal`.
    package func deny(_ verb: APICall.Verb?, on type: ResourceType) {
        state.withLock { _ = $0.denials.insert(Denial(verb, on: type.name)) }
    }

    /// Breaks all connections; new ones are welcome.
    package func dropConnections() { connections.closeAll() }

    /// Silences all open connections for good, and new ones until `thaw`: half open, nothing is closed.
    package func freeze() { connections.freeze() }

    package func thaw() { connections.thaw() }

    /// Forgets the past: watches that resume from before now, and second pages of lists, are answered 410.
    package func compact() { state.withLock { $0.store.compact() } }

    /// Sends the last changes of a resource again to its watches, as a confused server might.
    package func repeatChanges(_ type: ResourceType, count: Int, reversed: Bool = false) {
        state.withLock { $0.repeatChanges(type, count: count, reversed: reversed) }
    }

    /// Stops and starts; `keepingHistory` false is a new process, whose watch cache begins with now.
    package func restart(keepingHistory: Bool = true) async throws {
        await stop()
        if !keepingHistory { compact() }
        try await start()
    }

    package func backup() -> ServerBackup { ServerBackup(store: state.withLock { $0.store }) }

    /// Goes back to earlier objects and versions, as a restored etcd does; all connections break.
    package func restore(_ backup: ServerBackup) {
        state.withLock { state in
            state.store = backup.store
            state.store.compact()
            state.renderings = Renderings()
        }
        dropConnections()
    }

    // MARK: counts

    /// Requests so far by verb and resource, `list services`, or method and path, `get /version`.
    package var requestCounts: [String: Int] { state.withLock { $0.requestCounts } }

    package func resetRequestCounts() { state.withLock { $0.requestCounts = [:] } }

    /// Watches under way, by resource.
    package var watchCounts: [String: Int] {
        state.withLock { state in
            Dictionary(grouping: state.watchers.values, by: \.type.name).mapValues(\.count)
        }
    }

    package var connectionCount: Int { connections.count }
}
