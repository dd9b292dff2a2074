import Foundation
import Yams

/// Why a text is no JSON or YAML, as a sentence.
package struct UnreadableText: Error, CustomStringConvertible {
    package var description: String
}

extension JSONValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package init(json octets: some Collection<UInt8>) throws(UnreadableText) {
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(octets))
        } catch {
            throw UnreadableText(description: "this is no JSON: \(error)")
        }
    }

    /// The documents of a YAML stream, JSON among them; empty ones are left out.
    package static func documents(yaml text: String) throws(UnreadableText) -> [JSONValue] {
        do {
            return try Yams.compose_all(yaml: text).map(JSONValue.init).filter { $0 != .null }
        } catch {
            throw UnreadableText(description: "this is no YAML: \(error)")
        }
    }

    private init(_ node: Node) {
        switch node {
        case .mapping(let mapping):
            let fields = mapping.map { ($0.key.string ?? "", JSONValue($0.value)) }
            self = .object(Dictionary(fields) { _, last in last })
        case .sequence(let sequence): self = .array(sequence.map(JSONValue.init))
        case .scalar(let scalar) where scalar.style == .plain: self.init(plain: scalar.string)
        case .scalar(let scalar): self = .string(scalar.string)
        case .alias: self = .null
        }
    }

    /// A scalar without quotes, by the core schema (YAML 1.2 §10.3.2).
    private init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default:
            let isNumber = text.first.map { $0.isNumber || "+-.".contains($0) } ?? false
            if isNumber, let value = Int64(text) {
                self = .integer(value)
            } else if isNumber, !text.contains(where: { "xXpP_:".contains($0) }), let value = Double(text) {
                self = .number(value)
            } else {
                self = .string(text)
            }
        }
    }
}
