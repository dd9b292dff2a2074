import SwiftProtobuf

/// What surrounds an object in protobuf: `k8s` and NUL, then a `runtime.Unknown` with the type and the octets.
///
/// Source: k8s.io/apimachinery, pkg/runtime/serializer/protobuf.
struct ProtobufEnvelope {
    static let magic = Array("k8s\0".utf8)

    var type: WireTypeMeta
    /// The message inside.
    var raw: ArraySlice<UInt8>

    /// Opens a complete envelope; throws where it is none.
    init(_ octets: ArraySlice<UInt8>) throws(StreamError) {
        guard octets.starts(with: Self.magic) else { throw Self.noMagic(octets) }
        let inner = octets.dropFirst(Self.magic.count)
        do {
            let unknown = try WireUnknown(serializedBytes: inner.rawSpan, options: .keptFields)
            type = unknown.typeMeta
            raw = Array(unknown.raw)[...]
        } catch {
            throw StreamError(
                "the envelope of an object cannot be read (\(error)); see what answers for the API server")
        }
    }

    /// Whether `octets` begin with the magic; false while there are too few to say.
    static func hasMagic(_ octets: ArraySlice<UInt8>) throws(StreamError) -> Bool {
        guard octets.prefix(magic.count).elementsEqual(magic.prefix(octets.count)) else { throw noMagic(octets) }
        return octets.count >= magic.count
    }

    private static func noMagic(_ octets: ArraySlice<UInt8>) -> StreamError {
        StreamError(
            "\(String(decoding: octets.prefix(16), as: UTF8.self).quoted) stands where k8s and NUL should begin Kubernetes' "
                + "protobuf; see what answers for the API server")
    }
}
