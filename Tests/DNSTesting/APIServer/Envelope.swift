import NIOCore

/// What surrounds a message in Kubernetes' protobuf encoding (k8s.io/apimachinery, pkg/runtime/serializer/protobuf).
enum Envelope {
    /// The octets before every message that stands alone.
    private static let magic = Array("k8s\0".utf8)

    /// `runtime.Unknown` around a message that is given in two parts.
    ///
    /// Its fields are the type, the octets, and two empty strings that Go always writes.
    static func wrap(
        _ message: ByteBuffer, _ rest: ByteBuffer = ByteBuffer(), kind: String, apiVersion: String
    ) -> ByteBuffer {
        var type = ProtobufEncoder()
        type.append(1, apiVersion.utf8)
        type.append(2, kind.utf8)
        let count = message.readableBytes + rest.readableBytes
        var head = ProtobufEncoder()
        head.append(1, type.octets)
        head.appendHead(2, count: count)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(magic.count + head.octets.count + count + 4)
        buffer.writeBytes(magic)
        buffer.writeBytes(head.octets)
        buffer.writeImmutableBuffer(message)
        buffer.writeImmutableBuffer(rest)
        buffer.writeBytes([0x1A, 0, 0x22, 0])
        return buffer
    }

    /// A frame of a watch: four octets of length, then a bare `metav1.WatchEvent` whose object is enveloped.
    static func frame(type: String, object: ByteBuffer) -> ByteBuffer {
        var raw = ProtobufEncoder()
        raw.appendHead(1, count: object.readableBytes)
        var head = ProtobufEncoder()
        head.append(1, type.utf8)
        head.appendHead(2, count: raw.octets.count + object.readableBytes)
        var frame = ByteBuffer()
        frame.writeInteger(UInt32(head.octets.count + raw.octets.count + object.readableBytes))
        frame.writeBytes(head.octets)
        frame.writeBytes(raw.octets)
        frame.writeImmutableBuffer(object)
        return frame
    }
}
