/// Kubernetes' protobuf messages as tables: the JSON name of each field, its number and its type.
///
/// The numbers are those of `generated.proto` in k8s.io/api (core/v1, discovery/v1) and k8s.io/apimachinery (meta/v1).
/// They are written down here a second time on purpose: what the program under test was generated from must not vouch
/// for itself.
enum ProtobufSchema {
    enum FieldType: Hashable, Sendable {
        case string, bool, integer, bytes
        /// RFC 3339 in JSON; seconds since 1970 and nanoseconds in protobuf.
        case time
        /// Text in JSON, a message with that text in protobuf.
        case quantity
        /// A number or text in JSON; a message that says which in protobuf.
        case integerOrString
        case message(String)
    }

    enum Shape: Hashable, Sendable { case single, repeated, map }

    struct Field: Hashable, Sendable {
        var number: Int
        var shape: Shape
        var type: FieldType
    }

    struct Message: Sendable {
        var fields: [String: Field]
        /// A message inside that has its fields beside the others in JSON (Go embeds it).
        var embedded: Field?
    }

    /// Messages by name.
    ///
    /// A field is `name=number:Type`; `*` behind the number is repeated, `%` a map; no type is a string.
    static let messages: [String: Message] = ProtobufTables.all.mapValues(message)

    private static func message(_ line: String) -> Message {
        var message = Message(fields: [:])
        for word in line.split(whereSeparator: \.isWhitespace) {
            guard let equals = word.firstIndex(of: "=") else { continue }
            let field = field(word[word.index(after: equals)...])
            if word[..<equals] == "+" {
                message.embedded = field
            } else {
                message.fields[String(word[..<equals])] = field
            }
        }
        return message
    }

    private static func field(_ text: Substring) -> Field {
        let parts = text.split(separator: ":")
        let number = parts[0].filter(\.isNumber)
        let shape: Shape = parts[0].hasSuffix("*") ? .repeated : parts[0].hasSuffix("%") ? .map : .single
        return Field(number: Int(number) ?? 0, shape: shape, type: parts.count > 1 ? type(parts[1]) : .string)
    }

    private static func type(_ name: Substring) -> FieldType {
        switch name {
        case "bool": .bool
        case "int": .integer
        case "bytes": .bytes
        case "Time": .time
        case "Quantity": .quantity
        case "IntOrString": .integerOrString
        default: .message(String(name))
        }
    }
}
