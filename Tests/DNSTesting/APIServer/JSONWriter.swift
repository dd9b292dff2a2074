extension JSONValue {
    /// The value as JSON without white space, fields in the order of their names (RFC 8259).
    package var octets: [UInt8] {
        var octets: [UInt8] = []
        append(to: &octets)
        return octets
    }

    package var text: String { String(decoding: octets, as: UTF8.self) }

    /// Appends the value as JSON.
    func append(to octets: inout [UInt8]) {
        switch self {
        case .null: octets += Array("null".utf8)
        case .bool(let value): octets += Array((value ? "true" : "false").utf8)
        case .integer(let value): octets += Array(String(value).utf8)
        case .number(let value): octets += Array(String(value).utf8)
        case .string(let text): Self.append(text, to: &octets)
        case .array(let values):
            octets.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                value.append(to: &octets)
            }
            octets.append(UInt8(ascii: "]"))
        case .object(let fields):
            octets.append(UInt8(ascii: "{"))
            for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                Self.append(field.key, to: &octets)
                octets.append(UInt8(ascii: ":"))
                field.value.append(to: &octets)
            }
            octets.append(UInt8(ascii: "}"))
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func append(_ text: String, to octets: inout [UInt8]) {
        octets.append(UInt8(ascii: "\""))
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets += [UInt8(ascii: "\\"), octet]
            case 0..<0x20:
                octets += Array("\\u00".utf8) + [digits[Int(octet >> 4)], digits[Int(octet & 0xF)]]
            default: octets.append(octet)
            }
        }
        octets.append(UInt8(ascii: "\""))
    }
}
