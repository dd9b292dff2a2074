import ClusterModel
import SwiftProtobuf

/// Reads bodies that are held whole: one object, or a refusal.
package enum ObjectReader {
    /// Reads the body of a GET of one object; throws where it holds something else.
    package static func read(
        _ octets: [UInt8], _ encoding: ObjectEncoding, _ resource: APIResource, _ keeping: KeptFields
    ) throws(StreamError) -> DecodedObject {
        let kind = try typeMeta(octets, encoding).kind
        guard kind == resource.kind.rawValue else {
            throw StreamError(
                "the body is \(kind.quoted) in place of a \(resource.kind.rawValue); see what answers for the API server"
            )
        }
        return ObjectDecoder(resource: resource, keeping: keeping).decodeTyped(octets[...], encoding)
    }

    fileprivate static func typeMeta(_ octets: [UInt8], _ encoding: ObjectEncoding) throws(StreamError) -> WireTypeMeta
    {
        switch encoding {
        case .protobuf: try ProtobufEnvelope(octets[...]).type
        case .json: try JSONText.message(octets[...])
        }
    }
}

extension APIStatus {
    /// Reads a `metav1.Status` with its type; throws for anything else.
    package init(typed octets: ArraySlice<UInt8>, _ encoding: ObjectEncoding) throws(StreamError) {
        let octets = Array(octets)
        guard try ObjectReader.typeMeta(octets, encoding).kind == "Status" else {
            throw StreamError("an error of the API server is no Status; see what answers for the API server")
        }
        let raw = encoding == .protobuf ? try ProtobufEnvelope(octets[...]).raw : octets[...]
        do throws(FieldError) {
            self.init(try ObjectInput(octets: raw, encoding: encoding).message(WireStatus.self))
        } catch {
            throw StreamError("a Status makes no sense: \(error)")
        }
    }

    private init(_ status: WireStatus) {
        self.init(code: Int(status.code), reason: status.reason, message: status.message)
        if status.details.retryAfterSeconds > 0 { retryAfterSeconds = Int(status.details.retryAfterSeconds) }
    }
}
