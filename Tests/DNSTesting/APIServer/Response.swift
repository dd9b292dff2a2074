import NIOCore

/// A whole response, without the HTTP around it.
struct Response: Sendable {
    var code: Int
    var contentType: String
    var headers: [(String, String)] = []
    var body: ByteBuffer
    /// How long the server ponders before it answers.
    var delay = Duration.zero

    init(_ code: Int, _ body: ByteBuffer, contentType: String) {
        self.code = code
        self.body = body
        self.contentType = contentType
    }

    init(_ code: Int = 200, json value: JSONValue) {
        self.init(code, ByteBuffer(bytes: value.octets + [UInt8(ascii: "\n")]), contentType: "application/json")
    }

    init(_ code: Int, plain text: String) {
        self.init(code, ByteBuffer(string: text), contentType: "text/plain; charset=utf-8")
    }

    /// A Status in the form that the request accepts.
    init(_ status: Status, _ call: APICall) {
        let hasProtobuf = call.target.map { !$0.type.isCustom } ?? false
        let chosen = try? Negotiation.choose(call.accept, servesProtobuf: hasProtobuf, servesTables: false)
        if chosen == .protobuf {
            let message = ByteBuffer(bytes: ProtobufEncoder.message("Status", status.value))
            self.init(
                status.code, Envelope.wrap(message, kind: "Status", apiVersion: "v1"),
                contentType: Representation.protobuf.contentType(isWatch: false))
        } else {
            self.init(status.code, json: status.value)
        }
        if let seconds = status.details?["retryAfterSeconds"]?.integer { headers = [("Retry-After", String(seconds))] }
    }
}
