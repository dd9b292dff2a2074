import NIOCore
import Synchronization

extension APIServer {
    /// POST, PUT, PATCH and DELETE.
    func write(
        _ call: APICall, _ target: APICall.Target, _ representation: Representation
    ) throws(Status) -> Response {
        let representation = representation == .protobuf ? representation : .json
        switch call.verb {
        case .create: return Self.response(try create(call, target), representation, code: 201)
        case .update: return Self.response(try update(call, target), representation)
        case .patch:
            let (object, isNew) = try patch(call, target)
            return Self.response(object, representation, code: isNew ? 201 : 200)
        case .delete: return try delete(target)
        default: return try deleteAll(call, target)
        }
    }

    private func create(_ call: APICall, _ target: APICall.Target) throws(Status) -> StoredObject {
        var value = try Self.body(call, for: target.type)
        let isDry = call.query["dryRun"] != nil
        return try state.withLock { state throws(Status) in
            if value["metadata"]?["name"] == nil, let prefix = value["metadata"]?["generateName"]?.string {
                value["metadata", "name"] = .string(prefix + state.nextSuffix())
            }
            let name = try Self.name(value, target)
            if state.store.object(target.type, name) != nil { throw .alreadyExists(target.type, name.name) }
            state.complete(&value, target.type, name)
            if isDry { return StoredObject(target.type, name, value, revision: state.store.revision) }
            return state.put(target.type, name, value)
        }
    }

    private func update(_ call: APICall, _ target: APICall.Target) throws(Status) -> StoredObject {
        var value = try Self.body(call, for: target.type)
        let name = try Self.name(value, target)
        return try state.withLock { state throws(Status) in
            guard let old = state.store.object(target.type, name) else { throw .notFound(target.type, name.name) }
            let version = value["metadata"]?["resourceVersion"]?.string ?? ""
            if !version.isEmpty, version != String(old.revision) { throw .conflict(target.type, name.name) }
            for field in ["uid", "creationTimestamp"] { value["metadata", field] = old.value["metadata", field] }
            state.complete(&value, target.type, name)
            return state.put(target.type, name, value)
        }
    }

    /// Merges a patch; server-side apply makes the object where there is none.
    private func patch(
        _ call: APICall, _ target: APICall.Target
    ) throws(Status) -> (object: StoredObject, isNew: Bool) {
        let isApply = call.contentType.hasPrefix("application/apply-patch")
        let patch = try Self.value(call)
        let name = ObjectName(namespace: target.namespace ?? "", name: target.name ?? "")
        return try state.withLock { state throws(Status) in
            let old = state.store.object(target.type, name)
            guard old != nil || isApply else { throw .notFound(target.type, name.name) }
            let isStrategic = isApply || call.contentType.hasPrefix("application/strategic-merge-patch")
            let merged = Patch.merge(old?.value ?? [:], patch, isStrategic: isStrategic)
            var value = merged
            state.complete(&value, target.type, name)
            if let old, value == old.value { return (old, false) }
            return (state.put(target.type, name, value), old == nil)
        }
    }

    private func delete(_ target: APICall.Target) throws(Status) -> Response {
        let name = ObjectName(namespace: target.namespace ?? "", name: target.name ?? "")
        guard let object = state.withLock({ $0.remove(target.type, name) }) else {
            throw .notFound(target.type, name.name)
        }
        var details: JSONValue = ["name": .string(name.name), "kind": .string(target.type.name)]
        details["uid"] = object.value["metadata"]?["uid"]
        return Response(json: [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details,
        ])
    }

    private func deleteAll(_ call: APICall, _ target: APICall.Target) throws(Status) -> Response {
        let list = try ObjectList(target.type, ListOptions(call, target), from: state.withLock { $0.store })
        for object in list.items { state.withLock { _ = $0.remove(target.type, object.name) } }
        return Response(200, list.body(.json, items: list.octets(.json)), contentType: "application/json")
    }

    private static func body(_ call: APICall, for type: ResourceType) throws(Status) -> JSONValue {
        let value = try value(call)
        if let kind = value["kind"]?.string, kind != type.kind {
            throw .badRequest("the body is a \(kind), but the path is for objects of kind \(type.kind)")
        }
        return value
    }

    private static func value(_ call: APICall) throws(Status) -> JSONValue {
        if call.contentType.contains("protobuf") {
            guard let value = ProtobufDecoder.object(Array(call.body.readableBytesView)) else {
                throw .badRequest("the body is no object in Kubernetes' protobuf encoding")
            }
            return value
        }
        do {
            if call.contentType.contains("yaml") {
                return try JSONValue.documents(yaml: String(buffer: call.body)).first ?? .null
            }
            return try JSONValue(json: call.body.readableBytesView)
        } catch {
            throw .badRequest(error.description)
        }
    }

    private static func name(_ value: JSONValue, _ target: APICall.Target) throws(Status) -> ObjectName {
        let metadata = value["metadata"]
        guard let name = target.name ?? metadata?["name"]?.string, !name.isEmpty else {
            throw .badRequest("the object has no name: set metadata.name or metadata.generateName")
        }
        return ObjectName(namespace: target.namespace ?? metadata?["namespace"]?.string ?? "", name: name)
    }
}
