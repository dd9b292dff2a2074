import Yams

/// What a scalar is under the YAML 1.1 rules that Kubernetes reads manifests by.
enum ScalarKind: Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number
    case text

    /// Resolves a plain (unquoted) scalar.
    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": self = .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N": self = .bool(false)
        default: self = Self.integer(text) ?? (Self.isFloat(text) ? .number : .text)
        }
    }

    private static func integer(_ text: String) -> ScalarKind? {
        let digits = text.drop { $0 == "-" || $0 == "+" }.filter { $0 != "_" }
        guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
        let sign = text.hasPrefix("-") ? "-" : ""
        let (body, radix): (Substring, Int) =
            switch digits.prefix(2) {
            case "0x": (digits.dropFirst(2)[...], 16)
            case "0b": (digits.dropFirst(2)[...], 2)
            case "0o": (digits.dropFirst(2)[...], 8)
            default: digits.count > 1 && first == "0" ? (digits.dropFirst()[...], 8) : (digits[...], 10)
            }
        if let value = Int(sign + body, radix: radix) { return .integer(value) }
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? .number : nil
    }

    private static func isFloat(_ text: String) -> Bool {
        if [".inf", "-.inf", "+.inf", ".nan", ".NaN", ".Inf"].contains(text) { return true }
        let octets = Array(text.utf8)
        guard let first = octets.first, octets.contains(where: { (0x30...0x39).contains($0) }),
            (0x30...0x39).contains(first) || "+-.".utf8.contains(first),
            octets.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) })
        else { return false }
        return Double(text) != nil
    }
}

extension ManifestValue {
    /// nil where the value is no scalar.
    var kind: ScalarKind? {
        guard case .scalar(let scalar) = node else { return nil }
        let isPlain = scalar.style == .plain && scalar.tag.description != Tag.Name.str.rawValue
        return isPlain ? ScalarKind(plain: scalar.string) : .text
    }

    var isNull: Bool { kind == .null }

    /// The scalar as written, whatever it means: for quantities and integer-or-string fields.
    func text() throws(FieldError) -> String {
        guard case .scalar(let scalar) = node else { throw mismatch("a single value") }
        return scalar.string
    }

    func string() throws(FieldError) -> String {
        guard kind == .text, case .scalar(let scalar) = node else {
            throw FieldError(self, "must be a string, not \(found); put the value in quotes")
        }
        return scalar.string
    }

    func integer() throws(FieldError) -> Int {
        guard case .integer(let value) = kind else {
            throw FieldError(self, "must be a number, not \(found); write an unquoted integer")
        }
        return value
    }

    func bool() throws(FieldError) -> Bool {
        guard case .bool(let value) = kind else { throw FieldError(self, "must be true or false, not \(found)") }
        return value
    }

    /// What stands there, short enough for a message.
    var found: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar(let scalar): kind == .text ? "\(scalar.string.quoted)" : "the unquoted \(scalar.string.quoted)"
        }
    }
}

extension ManifestValue {
    func string(_ key: String) throws(FieldError) -> String? { try member(key)?.string() }
    func bool(_ key: String) throws(FieldError) -> Bool? { try member(key)?.bool() }
    func integer(_ key: String) throws(FieldError) -> Int? { try member(key)?.integer() }
}

extension String {
    /// Quoted and cut to 64 characters, with control characters escaped, so that one message stays one line.
    var quoted: String { String(prefix(64)).debugDescription + (count > 64 ? "…" : "") }
}
