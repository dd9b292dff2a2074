import NIOCore
import Synchronization

/// One version of an object, with its encodings kept once they were asked for.
package final class StoredObject: Sendable {
    package let type: ResourceType
    package let name: ObjectName
    /// The `resourceVersion` of this version.
    package let revision: UInt64
    /// The whole object, `metadata.resourceVersion` included; `kind` and `apiVersion` are left out.
    package let value: JSONValue
    package let labels: [String: String]

    private let encodings = Mutex<[ObjectForm: ByteBuffer]>([:])

    init(_ type: ResourceType, _ name: ObjectName, _ value: JSONValue, revision: UInt64) {
        var value = value
        value["kind"] = nil
        value["apiVersion"] = nil
        value["metadata", "resourceVersion"] = .string(String(revision))
        self.type = type
        self.name = name
        self.revision = revision
        self.value = value
        labels = value["metadata", "labels"]?.strings ?? [:]
    }

    /// The same object under a later version: what a deletion sends.
    func at(_ revision: UInt64) -> StoredObject { StoredObject(type, name, value, revision: revision) }

    /// With `kind` and `apiVersion`, as an object stands alone.
    package var whole: JSONValue {
        var whole = value
        whole["kind"] = .string(type.kind)
        whole["apiVersion"] = .string(type.apiVersion)
        return whole
    }

    /// The object's octets, without what surrounds them in a list or an event.
    func octets(_ form: ObjectForm) -> ByteBuffer {
        encodings.withLock { encodings in
            if let octets = encodings[form] { return octets }
            let octets = ByteBuffer(bytes: encode(form))
            encodings[form] = octets
            return octets
        }
    }

    private func encode(_ form: ObjectForm) -> [UInt8] {
        switch form {
        case .json: value.octets
        case .wholeJSON: whole.octets
        case .protobuf: ProtobufEncoder.message(type.kind, value)
        }
    }
}

/// In which form an object's octets are kept.
enum ObjectForm: Hashable, Sendable {
    /// As an item of a typed list: `kind` and `apiVersion` left out.
    case json
    case wholeJSON
    /// The message itself, without the envelope.
    case protobuf
}
