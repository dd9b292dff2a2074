/// Makes the reader for the body of a watch.
package enum WatchReader {
    /// Reads events of `resource`, their objects trimmed to what `keeping` names; larger ones are passed over.
    package static func make(
        _ encoding: ObjectEncoding, _ resource: APIResource, _ keeping: KeptFields,
        octetCountMax: Int = ObjectLimit.octetCountMax
    ) -> any WatchReading {
        let objects = ObjectDecoder(resource: resource, keeping: keeping, octetCountMax: octetCountMax)
        let decoder = EventDecoder(objects: objects)
        return switch encoding {
        case .protobuf: ProtobufWatchReader(decoder: decoder)
        case .json: JSONWatchReader(decoder: decoder)
        }
    }
}

/// Makes events of their two members, whichever way they were written (k8s.io/apimachinery, `metav1.WatchEvent`).
struct EventDecoder: Sendable {
    /// Set on the bookmark behind the last of the initial events (KEP-3157).
    private static let initialEventsEnd = "k8s.io/initial-events-end"

    let objects: ObjectDecoder

    /// Throws where a bookmark or an error makes no sense; an object that makes none is told as such.
    func event(_ type: String, _ object: ArraySlice<UInt8>, _ encoding: ObjectEncoding) throws(StreamError)
        -> WatchEvent
    {
        switch type {
        case "ADDED": .added(objects.decodeTyped(object, encoding))
        case "MODIFIED": .modified(objects.decodeTyped(object, encoding))
        case "DELETED": .deleted(objects.decodeTyped(object, encoding))
        case "BOOKMARK": try bookmark(object, encoding)
        case "ERROR": .error(try APIStatus(typed: object, encoding))
        case "": throw StreamError("an event of the watch has no type; see what answers for the API server")
        default: .modified(objects.unreadable("the watch has an event of unknown type \(type.quoted)"))
        }
    }

    private func bookmark(_ object: ArraySlice<UInt8>, _ encoding: ObjectEncoding) throws(StreamError) -> WatchEvent {
        let octets = encoding == .protobuf ? try ProtobufEnvelope(object).raw : object
        do throws(FieldError) {
            let metadata = try ObjectInput(octets: octets, encoding: encoding).message(WireObject.self).metadata
            guard !metadata.resourceVersion.isEmpty else { throw FieldError("", "it has no resourceVersion") }
            return .bookmark(
                resourceVersion: metadata.resourceVersion,
                endsInitialEvents: metadata.annotations[Self.initialEventsEnd] == "true")
        } catch {
            throw StreamError("a bookmark makes no sense: \(error)")
        }
    }
}
