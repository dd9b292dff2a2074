import ClusterModel
import Foundation
import KubernetesProtocol
import SwiftProtobuf

/// Bodies as an API server writes them, made from the JSON of objects.
struct WireBodies {
    var resource: APIResource
    var encoding: ObjectEncoding

    var listKind: String { "\(resource.kind.rawValue)List" }

    /// A list of `objects`, each the text of a JSON object.
    func list(_ objects: [String], resourceVersion: String = "500", continueToken: String = "") throws -> [UInt8] {
        guard encoding == .protobuf else {
            let metadata = #"{"resourceVersion":"\#(resourceVersion)","continue":"\#(continueToken)"}"#
            return Array(
                (#"{"kind":"\#(listKind)","apiVersion":"\#(resource.apiVersion)","metadata":\#(metadata),"items":["#
                    + objects.joined(separator: ",") + "]}\n").utf8)
        }
        var metadata = WireListMeta()
        metadata.resourceVersion = resourceVersion
        metadata.continue = continueToken
        let items = try objects.flatMap { try Self.field(2, message($0)) }
        return try envelope(listKind, Self.field(1, metadata.serializedBytes()) + items)
    }

    /// One event of a watch, framed.
    func event(_ type: String, _ object: String, kind: String? = nil) throws -> [UInt8] {
        guard encoding == .protobuf else { return Array(#"{"type":"\#(type)","object":\#(object)}"#.utf8) + [0x0A] }
        var event = WireWatchEvent()
        event.type = type
        event.object.raw = Data(try envelope(kind ?? resource.kind.rawValue, message(object, kind: kind)))
        let octets: [UInt8] = try event.serializedBytes()
        return (0..<4).map { UInt8(truncatingIfNeeded: octets.count >> (24 - 8 * $0)) } + octets
    }

    /// One object as the answer to a GET.
    func object(_ object: String, kind: String? = nil) throws -> [UInt8] {
        guard encoding == .protobuf else { return Array(object.utf8) }
        return try envelope(kind ?? resource.kind.rawValue, message(object, kind: kind))
    }

    /// `k8s`, NUL, and `runtime.Unknown` with the two empty strings that Go always writes.
    func envelope(_ kind: String, _ raw: [UInt8]) throws -> [UInt8] {
        var type = WireTypeMeta()
        type.apiVersion = kind == "Status" ? "v1" : resource.apiVersion
        type.kind = kind
        return try Array("k8s\0".utf8) + Self.field(1, type.serializedBytes()) + Self.field(2, raw) + [
            0x1A, 0, 0x22, 0,
        ]
    }

    /// The protobuf octets of an object: messages that stand behind one another are one.
    func message(_ object: String, kind: String? = nil) throws -> [UInt8] {
        if kind == "Status" { return try Self.octets(WireStatus.self, object) }
        let metadata = try Self.octets(WireObject.self, object)
        return try metadata
            + {
                switch resource.kind {
                case .service: try Self.service(object)
                case .endpointSlice: try Self.octets(WireEndpointSlice.self, object)
                case .pod: try Self.octets(WirePod.self, object)
                case .configMap: try Self.octets(WireConfigMap.self, object)
                case .secret: try Self.octets(WireSecret.self, object)
                case .serviceImport: try Self.octets(WireServiceImport.self, object)
                case .namespace, .workload: []
                }
            }()
    }

    private static func octets<Message: SwiftProtobuf.Message>(_: Message.Type, _ object: String) throws -> [UInt8] {
        try read(Message.self, object).serializedBytes()
    }

    private static func read<Message: SwiftProtobuf.Message>(_: Message.Type, _ object: String) throws -> Message {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        return try Message(jsonString: object, options: options)
    }

    /// JSON's `targetPort` is an `IntOrString` in protobuf.
    private static func service(_ object: String) throws -> [UInt8] {
        var service = try read(WireService.self, object)
        for (index, port) in try read(WireTargetPorts.self, object).spec.ports.enumerated() where port.hasTargetPort {
            service.spec.ports[index].targetPort.type = port.targetPort.stringValue.isEmpty ? 0 : 1
            service.spec.ports[index].targetPort.intVal = Int32(port.targetPort.numberValue)
            service.spec.ports[index].targetPort.strVal = port.targetPort.stringValue
        }
        return try service.serializedBytes() + read(WireSelectingService.self, object).serializedBytes()
    }

    /// A field of octets: key, length, octets.
    static func field(_ number: UInt8, _ octets: [UInt8]) -> [UInt8] {
        var head = [number << 3 | 2]
        var count = octets.count
        while count >= 0x80 {
            head.append(UInt8(count & 0x7F) | 0x80)
            count >>= 7
        }
        return head + [UInt8(count)] + octets
    }
}

/// What a reader gave for a body.
struct ListOutcome: Hashable {
    var objects: [DecodedObject] = []
    var metadata: ListMetadata?
    var error: String?

    /// Reads `body` in pieces that end at `cuts`.
    init(
        _ bodies: WireBodies, _ body: [UInt8], cuts: [Int] = [], keeping: KeptFields = .everything,
        octetCountMax: Int = ObjectLimit.octetCountMax
    ) {
        var reader = ListReader.make(bodies.encoding, bodies.resource, keeping, octetCountMax: octetCountMax)
        do throws(StreamError) {
            for (start, end) in zip([0] + cuts, cuts + [body.count]) {
                let chunk = body[start..<end]
                // SAFETY: an octet has no padding.
                objects += try reader.read(unsafe chunk.span.bytes)
            }
            metadata = try reader.finish()
        } catch {
            self.error = error.description
        }
    }
}

/// What a reader gave for a watch.
struct WatchOutcome: Hashable {
    var events: [WatchEvent] = []
    var error: String?

    init(
        _ bodies: WireBodies, _ body: [UInt8], cuts: [Int] = [], keeping: KeptFields = .everything,
        octetCountMax: Int = ObjectLimit.octetCountMax
    ) {
        var reader = WatchReader.make(bodies.encoding, bodies.resource, keeping, octetCountMax: octetCountMax)
        do throws(StreamError) {
            for (start, end) in zip([0] + cuts, cuts + [body.count]) {
                let chunk = body[start..<end]
                // SAFETY: an octet has no padding.
                events += try reader.read(unsafe chunk.span.bytes)
            }
        } catch {
            self.error = error.description
        }
    }
}

extension DecodedObject {
    var object: ClusterObject? { if case .object(let object) = content { object } else { nil } }
    var complaint: String? { if case .unreadable(let message) = content { message } else { nil } }
}

let encodings: [ObjectEncoding] = [.protobuf, .json]
