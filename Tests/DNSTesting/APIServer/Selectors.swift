/// Which objects a request means: by namespace, labels and fields.
struct ObjectSelection: Sendable {
    /// nil: all namespaces.
    var namespace: String?
    var labels: [LabelRequirement] = []
    var fields: [FieldRequirement] = []

    /// Whether all objects are meant.
    var isEverything: Bool { namespace == nil && labels.isEmpty && fields.isEmpty }

    func matches(_ object: StoredObject) -> Bool {
        if let namespace, object.name.namespace != namespace { return false }
        return labels.allSatisfy { $0.matches(object.labels) } && fields.allSatisfy { $0.matches(object) }
    }
}

/// One requirement of a `labelSelector`: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`.
struct LabelRequirement: Hashable, Sendable {
    enum Operation: Hashable, Sendable { case isIn, isNotIn, exists, isAbsent }

    var key: String
    var operation: Operation
    var values: Set<String> = []

    func matches(_ labels: [String: String]) -> Bool {
        switch operation {
        case .isIn: labels[key].map(values.contains) ?? false
        case .isNotIn: labels[key].map { !values.contains($0) } ?? true
        case .exists: labels[key] != nil
        case .isAbsent: labels[key] == nil
        }
    }

    /// The requirements of a selector; nil where it cannot be read.
    static func parse(_ text: String) -> [LabelRequirement]? {
        let parts = split(text)
        let requirements = parts.compactMap(requirement)
        return requirements.count == parts.count ? requirements : nil
    }

    /// Splits at commas outside parentheses.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map { $0.filter { $0 != "\n" } }.filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private static func requirement(_ text: String) -> LabelRequirement? {
        let words = text.split { $0 == " " || $0 == "(" || $0 == ")" || $0 == "," }.map(String.init)
        if text.contains("("), words.count >= 2, words[1] == "in" || words[1] == "notin" {
            let operation: Operation = words[1] == "in" ? .isIn : .isNotIn
            return LabelRequirement(key: words[0], operation: operation, values: Set(words.dropFirst(2)))
        }
        let compact = text.filter { $0 != " " }
        if let sign = compact.firstRange(of: "!=") {
            return LabelRequirement(
                key: String(compact[..<sign.lowerBound]), operation: .isNotIn,
                values: [String(compact[sign.upperBound...])])
        }
        if let sign = compact.firstIndex(of: "=") {
            let value = compact[sign...].drop { $0 == "=" }
            return LabelRequirement(key: String(compact[..<sign]), operation: .isIn, values: [String(value)])
        }
        guard words.count == 1 else { return nil }
        if compact.hasPrefix("!") { return LabelRequirement(key: String(compact.dropFirst()), operation: .isAbsent) }
        return LabelRequirement(key: compact, operation: .exists)
    }
}

/// One requirement of a `fieldSelector`: `metadata.name=web`, `status.phase!=Running`.
struct FieldRequirement: Hashable, Sendable {
    var path: [String]
    var value: String
    var isEqual: Bool

    private static let common: Set = ["metadata.name", "metadata.namespace"]
    /// What pods can be selected by besides (k8s.io/kubernetes, pkg/apis/core/v1/conversion.go).
    private static let ofPods: Set = [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP",
    ]

    func matches(_ object: StoredObject) -> Bool {
        let found = path.reduce(Optional(object.value)) { $0?[$1] }
        return (found?.string == value || (value.isEmpty && found == nil)) == isEqual
    }

    /// The requirements of a selector; throws the label that the resource does not support.
    static func parse(_ text: String, for type: ResourceType) throws(UnsupportedField) -> [FieldRequirement] {
        var requirements: [FieldRequirement] = []
        for part in text.split(separator: ",") {
            let isEqual = !part.contains("!=")
            let name = part.prefix { $0 != "=" && $0 != "!" }
            let value = part.dropFirst(name.count).drop { $0 == "=" || $0 == "!" }
            let isKnown = common.contains(String(name)) || (type == .pods && ofPods.contains(String(name)))
            guard isKnown else { throw UnsupportedField(name: String(name)) }
            requirements.append(
                FieldRequirement(
                    path: name.split(separator: ".").map(String.init), value: String(value), isEqual: isEqual))
        }
        return requirements
    }
}

struct UnsupportedField: Error { var name: String }
