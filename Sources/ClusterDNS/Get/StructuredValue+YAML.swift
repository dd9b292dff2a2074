import ClusterModel
import NetworkAddress

extension StructuredValue {
    /// A YAML document with two spaces a level, lists not indented, as kubectl prints it.
    var yaml: String { yamlLines.map { $0 + "\n" }.joined() }

    private var yamlLines: [String] {
        switch self {
        case .string(let text): [Self.scalar(text)]
        case .integer(let number): ["\(number)"]
        case .boolean(let flag): ["\(flag)"]
        case .array(let values): values.isEmpty ? ["[]"] : values.flatMap { Self.hung($0.yamlLines, by: "- ") }
        case .object(let members): members.isEmpty ? ["{}"] : members.flatMap(Self.lines)
        }
    }

    /// The first line behind `sign`, the others below its text.
    private static func hung(_ lines: [String], by sign: String) -> [String] {
        let indent = String(repeating: " ", count: sign.count)
        return lines.enumerated().map { ($0.offset == 0 ? sign : indent) + $0.element }
    }

    private static func lines(of member: Member) -> [String] {
        let name = scalar(member.name) + ":"
        switch member.value {
        case .array(let values) where !values.isEmpty: return [name] + member.value.yamlLines
        case .object(let members) where !members.isEmpty: return [name] + member.value.yamlLines.map { "  " + $0 }
        default: return [name + " " + member.value.yamlLines.joined()]
        }
    }

    /// Plain where every YAML reader takes the text for a string, quoted otherwise.
    private static func scalar(_ text: String) -> String {
        let isSafe = text.utf8.allSatisfy { isAlphanumeric($0) || "_-./".utf8.contains($0) }
        guard isSafe, let first = text.utf8.first, !resolved.contains(text.lowercased()) else {
            return JSONText.quoted(text)
        }
        // What starts like a number may be read as one, or as a date.
        if isLetter(first) || IPAddress(text)?.family == .ipv4 { return text }
        return JSONText.quoted(text)
    }

    /// Words that YAML 1.1 reads as booleans and nulls (https://yaml.org/type/bool.html).
    private static let resolved: Set<String> = ["y", "n", "yes", "no", "true", "false", "on", "off", "null"]

    private static func isAlphanumeric(_ octet: UInt8) -> Bool { isLetter(octet) || (0x30...0x39).contains(octet) }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
    }
}
