import NIOCore

/// One watch under way: what it is to see, and where its frames go.
struct Watcher: Sendable {
    var type: ResourceType
    var selection = ObjectSelection()
    var representation: Representation
    var allowsBookmarks = false
    /// Changes up to this version are not sent: the client has them, or says so.
    var after: UInt64 = 0
    /// Takes one frame; called in the order of the changes.
    var send: @Sendable (ByteBuffer) -> Void = { _ in }

    /// The frame for a change; nil where the watch is not to see it.
    ///
    /// An object that starts to match is added, one that stops is deleted in the form in which it last matched
    /// (k8s.io/apiserver, pkg/storage/cacher, cache_watcher.go).
    func frame(for change: ObjectStore.Change) -> ByteBuffer? {
        let matches = change.type != .deleted && selection.matches(change.object)
        let matched = change.previous.map(selection.matches) ?? false
        switch (matched, matches) {
        case (false, false): return nil
        case (false, true): return frame(.added, change.object)
        case (true, true): return frame(.modified, change.object)
        case (true, false):
            guard change.type != .deleted, let previous = change.previous else { return frame(.deleted, change.object) }
            return frame(.deleted, previous.at(change.revision))
        }
    }

    func frame(_ type: ObjectStore.EventType, _ object: StoredObject) -> ByteBuffer {
        switch representation {
        case .json: return jsonFrame(type.rawValue, object.octets(.wholeJSON))
        case .protobuf: return protobufFrame(type.rawValue, object.octets(.protobuf))
        case .table(let version):
            let metadata: JSONValue = ["resourceVersion": .string(String(object.revision))]
            let table = ObjectTable.table([object], object.type, metadata: metadata, apiVersion: version)
            return jsonFrame(type.rawValue, ByteBuffer(bytes: table.octets))
        }
    }

    /// Says that everything up to `revision` was sent, with the annotation that ends the initial events where asked.
    func bookmark(at revision: UInt64, endsInitialEvents: Bool = false) -> ByteBuffer {
        var metadata: JSONValue = ["resourceVersion": .string(String(revision)), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        var value: JSONValue = [
            "kind": .string(type.kind), "apiVersion": .string(type.apiVersion), "metadata": metadata,
        ]
        if case .table(let version) = representation {
            value = ObjectTable.table([], type, metadata: metadata, apiVersion: version)
        }
        if representation != .protobuf { return jsonFrame("BOOKMARK", ByteBuffer(bytes: value.octets)) }
        return protobufFrame("BOOKMARK", ByteBuffer(bytes: ProtobufEncoder.message(type.kind, value)))
    }

    /// An ERROR event; the server ends the watch behind it.
    func error(_ status: Status) -> ByteBuffer {
        if representation != .protobuf { return jsonFrame("ERROR", ByteBuffer(bytes: status.value.octets)) }
        let message = ByteBuffer(bytes: ProtobufEncoder.message("Status", status.value))
        return Envelope.frame(type: "ERROR", object: Envelope.wrap(message, kind: "Status", apiVersion: "v1"))
    }

    private func jsonFrame(_ event: String, _ object: ByteBuffer) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeString("{\"type\":\"\(event)\",\"object\":")
        frame.writeImmutableBuffer(object)
        frame.writeString("}\n")
        return frame
    }

    private func protobufFrame(_ event: String, _ message: ByteBuffer) -> ByteBuffer {
        Envelope.frame(type: event, object: Envelope.wrap(message, kind: type.kind, apiVersion: type.apiVersion))
    }
}
