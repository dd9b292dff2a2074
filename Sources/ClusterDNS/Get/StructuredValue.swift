import ClusterModel

/// A value as JSON and YAML know it; members of an object keep their order.
indirect enum StructuredValue: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([StructuredValue])
    case object([Member])

    struct Member: Hashable, Sendable {
        var name: String
        var value: StructuredValue
    }

    /// An object of the members that have something to say, in name order as kubectl prints them.
    static func record(_ members: [String: StructuredValue?]) -> StructuredValue {
        .object(
            members.compactMap { name, value in value.map { Member(name: name, value: $0) } }.sorted {
                $0.name < $1.name
            })
    }

    static func strings(_ texts: [String]) -> StructuredValue { .array(texts.map { .string($0) }) }

    static func map(_ pairs: [String: String]) -> StructuredValue {
        .record(pairs.mapValues { .string($0) })
    }
}

extension StructuredValue {
    /// nil where the text is empty: the field is left out.
    static func unlessEmpty(_ text: String) -> StructuredValue? { text.isEmpty ? nil : .string(text) }
    static func unlessEmpty(_ texts: [String]) -> StructuredValue? { texts.isEmpty ? nil : strings(texts) }
    static func unlessEmpty(_ pairs: [String: String]) -> StructuredValue? { pairs.isEmpty ? nil : map(pairs) }
    static func unlessEmpty(_ values: [StructuredValue]) -> StructuredValue? { values.isEmpty ? nil : .array(values) }
}

extension StructuredValue {
    /// JSON with four spaces a level and a final line break, as kubectl prints it.
    var json: String { json(indent: "") + "\n" }

    private func json(indent: String) -> String {
        let inner = indent + "    "
        switch self {
        case .string(let text): return JSONText.quoted(text)
        case .integer(let number): return "\(number)"
        case .boolean(let flag): return "\(flag)"
        case .array(let values):
            let lines = values.map { inner + $0.json(indent: inner) }
            return lines.isEmpty ? "[]" : "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .object(let members):
            let lines = members.map { inner + JSONText.quoted($0.name) + ": " + $0.value.json(indent: inner) }
            return lines.isEmpty ? "{}" : "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        }
    }
}
