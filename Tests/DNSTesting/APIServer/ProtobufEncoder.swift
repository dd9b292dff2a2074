import Foundation

/// Writes JSON objects as Kubernetes' protobuf messages, by the tables of `ProtobufSchema`.
///
/// A value of another type than the table's keeps its own: text where a message belongs becomes a message that cannot
/// be read, so that a broken object is broken in both encodings.
struct ProtobufEncoder {
    private(set) var octets: [UInt8] = []

    /// The octets of `value` as the message `name`, which must be in the tables.
    static func message(_ name: String, _ value: JSONValue) -> [UInt8] {
        var encoder = ProtobufEncoder()
        encoder.append(value, as: name)
        return encoder.octets
    }

    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            octets.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(rest))
    }

    /// A field of wire type 0; negative numbers take ten octets.
    mutating func append(_ number: Int, _ value: Int64) {
        append(varint: UInt64(number) << 3)
        append(varint: UInt64(bitPattern: value))
    }

    /// The head of a field of wire type 2; `count` octets are to follow.
    mutating func appendHead(_ number: Int, count: Int) {
        append(varint: UInt64(number) << 3 | 2)
        append(varint: UInt64(count))
    }

    /// A field of wire type 2.
    mutating func append(_ number: Int, _ value: some Collection<UInt8>) {
        appendHead(number, count: value.count)
        octets += value
    }

    private mutating func append(_ value: JSONValue, as name: String) {
        guard let message = ProtobufSchema.messages[name], let fields = value.object else {
            octets += value.string.map { Array($0.utf8) } ?? value.octets
            return
        }
        if let embedded = message.embedded { appendOne(value, embedded) }
        let known = fields.compactMap { field in message.fields[field.key].map { ($0, field.value) } }
        for (field, value) in known.sorted(by: { $0.0.number < $1.0.number }) { append(value, field) }
    }

    private mutating func append(_ value: JSONValue, _ field: ProtobufSchema.Field) {
        switch (field.shape, value) {
        case (.repeated, .array(let values)): for value in values { appendOne(value, field) }
        case (.map, .object(let entries)):
            for entry in entries.sorted(by: { $0.key < $1.key }) {
                var pair = ProtobufEncoder()
                pair.append(1, entry.key.utf8)
                pair.appendOne(entry.value, ProtobufSchema.Field(number: 2, shape: .single, type: field.type))
                append(field.number, pair.octets)
            }
        default: appendOne(value, field)
        }
    }

    private mutating func appendOne(_ value: JSONValue, _ field: ProtobufSchema.Field) {
        switch (field.type, value) {
        case (_, .null): break
        case (.string, .string(let text)): append(field.number, text.utf8)
        case (.bytes, .string(let text)):
            append(field.number, Data(base64Encoded: text).map(Array.init) ?? Array(text.utf8))
        case (.time, .string(let text)): append(field.number, Self.time(text))
        case (.quantity, .string(let text)): append(field.number, Self.quantity(text))
        case (.quantity, .integer(let value)): append(field.number, Self.quantity(String(value)))
        case (.integerOrString, .integer(let value)): append(field.number, Self.integerOrString(0, value, ""))
        case (.integerOrString, .string(let text)): append(field.number, Self.integerOrString(1, 0, text))
        case (.message(let name), _): append(field.number, Self.message(name, value))
        case (_, .integer(let value)): append(field.number, value)
        case (_, .bool(let value)): append(field.number, value ? 1 : 0)
        default: append(field.number, value.string.map { Array($0.utf8) } ?? value.octets)
        }
    }

    /// `metav1.Time` in whole seconds, as its marshaller writes it.
    private static func time(_ text: String) -> [UInt8] {
        guard let seconds = Timestamp.seconds(text) else { return Array(text.utf8) }
        var time = ProtobufEncoder()
        time.append(1, seconds)
        time.append(2, 0)
        return time.octets
    }

    private static func quantity(_ text: String) -> [UInt8] {
        var quantity = ProtobufEncoder()
        quantity.append(1, text.utf8)
        return quantity.octets
    }

    private static func integerOrString(_ type: Int64, _ value: Int64, _ text: String) -> [UInt8] {
        var either = ProtobufEncoder()
        either.append(1, type)
        either.append(2, value)
        either.append(3, text.utf8)
        return either.octets
    }
}

/// RFC 3339 as Kubernetes writes it.
enum Timestamp {
    static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    /// Seconds since 1970; a fraction is cut off.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1)
        let whole = parts.count == 2 ? "\(parts[0])\(parts[1].drop(while: \.isNumber))" : text
        return (try? Date(whole, strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
    }
}
