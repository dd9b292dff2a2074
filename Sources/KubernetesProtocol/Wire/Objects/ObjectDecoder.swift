import ClusterModel
import SwiftProtobuf

/// Reads the objects of one resource: octets in either encoding to the parts that are kept, by the API server's rules.
///
/// Total on any input. What is wrong with an object is in its `DecodedObject`, with the name wherever one can be read.
struct ObjectDecoder: Sendable {
    let resource: APIResource
    let keeping: KeptFields
    /// The largest object that is read, in octets.
    var octetCountMax = ObjectLimit.octetCountMax

    /// Reads one object; `octets` are the bare message, or a JSON object.
    func decode(_ octets: ArraySlice<UInt8>, _ encoding: ObjectEncoding) -> DecodedObject {
        let input = ObjectInput(octets: octets, encoding: encoding)
        var decoded = unreadable("")
        do throws(FieldError) {
            if encoding == .json { try check(input.message()) }
            let metadata = try readMetadata(input, &decoded)
            decoded.content = .object(try object(input, metadata))
        } catch {
            decoded.content = .unreadable(error.description)
        }
        return decoded
    }

    /// Reads one object that says its type: in protobuf, `octets` are the envelope.
    func decodeTyped(_ octets: ArraySlice<UInt8>, _ encoding: ObjectEncoding) -> DecodedObject {
        guard encoding == .protobuf else { return decode(octets, encoding) }
        do {
            let envelope = try ProtobufEnvelope(octets)
            try check(envelope.type)
            return decode(envelope.raw, encoding)
        } catch {
            return unreadable("\(error)")
        }
    }

    /// An object of which nothing can be told but what is wrong.
    func unreadable(_ message: String) -> DecodedObject {
        DecodedObject(kind: resource.kind, key: nil, resourceVersion: "", content: .unreadable(message))
    }

    /// The items of a list in the core group say no type.
    private func check(_ type: WireTypeMeta) throws(FieldError) {
        guard type.kind.isEmpty || type.kind == resource.kind.rawValue else {
            throw FieldError("", "\(type.kind.quoted) stands where a \(resource.kind.rawValue) should; remove it")
        }
    }

    /// What stands for an object over the limit, of which nothing was read.
    var oversized: DecodedObject {
        unreadable(
            "the object has more than \(octetCountMax) octets, which no \(resource.kind.rawValue) needs; "
                + "make it smaller")
    }

    private func object(_ input: ObjectInput, _ metadata: ObjectMetadata) throws(FieldError) -> ClusterObject {
        switch resource.kind {
        case .namespace: return .namespace(Namespace(metadata: metadata))
        case .service: return .service(try Service(input, metadata, keeping: keeping))
        case .endpointSlice: return .endpointSlice(try EndpointSlice(input, metadata, keeping: keeping))
        case .pod where keeping.isDisjoint(with: [.containers, .details]):
            return .pod(try Pod(input.message() as WirePodAddresses, metadata))
        case .pod:
            var pod = try Pod(input.message() as WirePod, metadata, keeping: keeping)
            if keeping.contains(.details) { pod.controller = try input.message(WireObject.self).metadata.controller }
            return .pod(pod)
        case .configMap:
            return .configMap(ConfigMap(metadata: metadata, data: try input.message(WireConfigMap.self).data))
        case .secret:
            let data = try input.message(WireSecret.self).data
            return .secret(Secret(metadata: metadata, data: data.mapValues { Array($0) }))
        case .serviceImport: return .serviceImport(try ServiceImport(input, metadata))
        case .workload: throw FieldError("", "workloads are not read from the API server")
        }
    }
}

/// How large an object may be.
package enum ObjectLimit {
    /// 8 MiB; etcd takes 1.5 MiB by default.
    package static let octetCountMax = 8 << 20
}

/// The octets of one object, read as one message after another.
struct ObjectInput {
    let octets: ArraySlice<UInt8>
    let encoding: ObjectEncoding

    /// Reads the fields that `Message` has and passes over all others.
    func message<Message: SwiftProtobuf.Message>(_: Message.Type = Message.self) throws(FieldError) -> Message {
        do {
            switch encoding {
            case .protobuf: return try Message(serializedBytes: octets.rawSpan, options: .keptFields)
            case .json: return try Message(jsonUTF8Bytes: Array(octets), options: .keptFields)
            }
        } catch {
            let kind = Message.protoMessageName.drop { $0 != "." }.dropFirst()
            throw FieldError(
                "", "the octets cannot be read as \(kind) (\(encoding.rawValue): \(error)); write it again")
        }
    }
}

extension BinaryDecodingOptions {
    static let keptFields = {
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        return options
    }()
}

extension JSONDecodingOptions {
    static let keptFields = {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        return options
    }()
}
