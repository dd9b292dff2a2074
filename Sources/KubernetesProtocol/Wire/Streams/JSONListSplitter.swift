import SwiftProtobuf

/// Takes a list in JSON apart; its members may come in any order.
struct JSONListSplitter: ListSplitting {
    static let encoding = ObjectEncoding.json

    private var splitter: JSONSplitter
    private var hasEnded = false

    init(octetCountMax: Int) { splitter = JSONSplitter(splitting: "items", octetCountMax: octetCountMax) }

    var isComplete: Bool { hasEnded && splitter.isOutside }

    mutating func append(_ chunk: RawSpan) { splitter.append(chunk) }

    mutating func next() throws(StreamError) -> ListPart? {
        while let token = try splitter.next() {
            guard !hasEnded else {
                throw StreamError("the body goes on behind the list; see what answers for the API server")
            }
            switch token {
            case .member("apiVersion", let octets): return .type(apiVersion: try JSONText.string(octets), kind: nil)
            case .member("kind", let octets): return .type(apiVersion: nil, kind: try JSONText.string(octets))
            case .member("metadata", let octets): return .metadata(try JSONText.message(octets))
            case .member("message", let octets): return .message(try JSONText.string(octets))
            case .element(let octets): return .item(octets)
            case .oversized("items"): return .oversizedItem
            case .member, .oversized: continue
            case .end: hasEnded = true
            }
        }
        return nil
    }
}

/// Small JSON values of a stream.
enum JSONText {
    static func string(_ octets: ArraySlice<UInt8>) throws(StreamError) -> String {
        try message(octets, as: Google_Protobuf_StringValue.self).value
    }

    static func message<Message: SwiftProtobuf.Message>(
        _ octets: ArraySlice<UInt8>, as _: Message.Type = Message.self
    ) throws(StreamError) -> Message {
        do {
            return try Message(jsonUTF8Bytes: Array(octets), options: .keptFields)
        } catch {
            let text = String(decoding: octets.prefix(64), as: UTF8.self)
            throw StreamError("\(text.quoted) cannot be read (\(error)); see what answers for the API server")
        }
    }
}
