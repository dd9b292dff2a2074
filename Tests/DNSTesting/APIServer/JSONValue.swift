/// Any JSON value: the form in which the server holds objects, so that no field of them is lost.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    package var object: [String: JSONValue]? { if case .object(let fields) = self { fields } else { nil } }

    /// A field of an object; reads as nil where this is no object, and makes one where a field is set.
    package subscript(field: String) -> JSONValue? {
        get { object?[field] }
        set {
            var fields = object ?? [:]
            fields[field] = newValue
            self = .object(fields)
        }
    }

    /// A field of a field: `value["metadata", "labels"]`.
    package subscript(outer: String, inner: String) -> JSONValue? {
        get { self[outer]?[inner] }
        set {
            var value = self[outer] ?? .object([:])
            value[inner] = newValue
            self[outer] = value
        }
    }

    /// The fields of an object whose values are strings.
    package var strings: [String: String] { (object ?? [:]).compactMapValues(\.string) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
