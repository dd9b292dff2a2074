import Foundation

/// Reads Kubernetes' protobuf messages back into JSON, by the same tables: `kubectl create` writes its objects so.
struct ProtobufDecoder {
    private var rest: ArraySlice<UInt8>

    private init(_ octets: some Collection<UInt8>) { rest = ArraySlice(octets) }

    /// The object in an envelope, with its kind; nil where the octets are none, or of a kind that is not in the tables.
    static func object(_ octets: [UInt8]) -> JSONValue? {
        guard octets.starts(with: "k8s\0".utf8) else { return nil }
        var (type, raw) = (ArraySlice<UInt8>(), ArraySlice<UInt8>())
        var envelope = ProtobufDecoder(octets.dropFirst(4))
        while let (number, value) = envelope.nextField() {
            guard case .octets(let octets) = value else { continue }
            if number == 1 { type = octets }
            if number == 2 { raw = octets }
        }
        var names: [Int: String] = [:]
        var typeMeta = ProtobufDecoder(type)
        while case (let number, .octets(let text))? = typeMeta.nextField() {
            names[number] = String(decoding: text, as: UTF8.self)
        }
        guard let kind = names[2], ProtobufSchema.messages[kind] != nil, var object = message(kind, raw) else {
            return nil
        }
        object["apiVersion"] = .string(names[1] ?? "")
        object["kind"] = .string(kind)
        return object
    }

    private enum Value {
        case integer(UInt64)
        case octets(ArraySlice<UInt8>)
    }

    /// Empty strings and messages and zeros are left out: Go writes them where JSON has nothing.
    private static func message(_ name: String, _ octets: ArraySlice<UInt8>) -> JSONValue? {
        guard let message = ProtobufSchema.messages[name] else { return nil }
        let names = Dictionary(uniqueKeysWithValues: message.fields.map { ($0.value.number, $0) })
        var fields: [String: JSONValue] = [:]
        var decoder = ProtobufDecoder(octets)
        while let (number, value) = decoder.nextField() {
            if number == message.embedded?.number, let type = message.embedded?.type, let inner = one(value, type) {
                fields.merge(inner.object ?? [:]) { $1 }
            }
            guard let (name, field) = names[number], let item = item(value, field) else { continue }
            switch (field.shape, fields[name], item) {
            case (.repeated, let old, _): fields[name] = .array((old?.array ?? []) + [item])
            case (.map, let old, .object(let pair)): fields[name] = .object((old?.object ?? [:]).merging(pair) { $1 })
            default: fields[name] = item
            }
        }
        return .object(fields)
    }

    private static func item(_ value: Value, _ field: ProtobufSchema.Field) -> JSONValue? {
        guard field.shape == .map, case .octets(let octets) = value else { return one(value, field.type) }
        var pair = ProtobufDecoder(octets)
        var (key, item) = ("", JSONValue.string(""))
        while let (number, value) = pair.nextField() {
            if number == 1, case .octets(let text) = value { key = String(decoding: text, as: UTF8.self) }
            if number == 2 { item = one(value, field.type) ?? item }
        }
        return .object([key: item])
    }

    private static func one(_ value: Value, _ type: ProtobufSchema.FieldType) -> JSONValue? {
        switch (type, value) {
        case (.bool, .integer(let value)): return .bool(value != 0)
        case (_, .integer(let value)): return value == 0 ? nil : .integer(Int64(bitPattern: value))
        case (.bytes, .octets(let octets)): return .string(Data(octets).base64EncodedString())
        case (.message(let name), .octets(let octets)):
            let value = message(name, octets)
            return value?.object?.isEmpty == true ? nil : value
        case (.time, .octets(let octets)): return time(octets)
        case (.quantity, .octets(let octets)): return parts(octets)[1].flatMap { one($0, .string) }
        case (.integerOrString, .octets(let octets)):
            let parts = parts(octets)
            if case .integer(1)? = parts[1] { return parts[3].flatMap { one($0, .string) } }
            return parts[2].flatMap { one($0, .integer) }
        case (_, .octets(let octets)): return octets.isEmpty ? nil : .string(String(decoding: octets, as: UTF8.self))
        }
    }

    private static func time(_ octets: ArraySlice<UInt8>) -> JSONValue? {
        guard case .integer(let seconds)? = parts(octets)[1] else { return nil }
        return .string(Timestamp.text(Date(timeIntervalSince1970: Double(Int64(bitPattern: seconds)))))
    }

    private static func parts(_ octets: ArraySlice<UInt8>) -> [Int: Value] {
        var (decoder, parts) = (ProtobufDecoder(octets), [Int: Value]())
        while let (number, value) = decoder.nextField() { parts[number] = value }
        return parts
    }

    private mutating func nextField() -> (number: Int, value: Value)? {
        guard let tag = nextVarint() else { return nil }
        let number = Int(truncatingIfNeeded: tag >> 3)
        switch tag & 7 {
        case 0: return nextVarint().map { (number, .integer($0)) }
        case 2:
            guard let count = nextVarint(), count <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return (number, .octets(rest.prefix(Int(count))))
        default: return nil
        }
    }

    private mutating func nextVarint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let octet = rest.popFirst() else { return nil }
            value |= UInt64(octet & 0x7F) << UInt64(shift)
            if octet & 0x80 == 0 { return value }
        }
        return nil
    }
}
