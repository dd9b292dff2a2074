import Yams

/// A value in a manifest with its path (`spec.ports[0].port`), read by the types the API server expects.
///
/// `null` counts as absent. Every reader throws a `FieldError` that names the path where the type differs.
struct ManifestValue {
    let node: Node
    let path: String

    /// The member `key` of a mapping, merge keys (`<<`) included; nil where it is absent or null.
    func member(_ key: String) throws(FieldError) -> ManifestValue? {
        let mapping = try self.mapping()
        return Self.find(key, in: mapping, depth: 0).flatMap { node in
            let value = ManifestValue(node: node, path: path.isEmpty ? key : "\(path).\(key)")
            return value.isNull ? nil : value
        }
    }

    /// The elements of the member `key`, a sequence; empty where it is absent or null.
    func elements(_ key: String) throws(FieldError) -> [ManifestValue] {
        guard let value = try member(key) else { return [] }
        guard case .sequence(let sequence) = value.node else { throw value.mismatch("a list") }
        return sequence.enumerated().map { ManifestValue(node: $1, path: "\(value.path)[\($0)]") }
    }

    /// The entries of the member `key`, a mapping with string keys, in the order written.
    func entries(_ key: String) throws(FieldError) -> [(key: String, value: ManifestValue)] {
        guard let value = try member(key) else { return [] }
        var entries: [(key: String, value: ManifestValue)] = []
        for (name, node) in try value.mapping() {
            guard case .scalar(let scalar) = name else { throw value.mismatch("a mapping with plain keys") }
            entries.append((scalar.string, ManifestValue(node: node, path: "\(value.path).\(scalar.string)")))
        }
        return entries
    }

    /// The member `key`, a mapping from string to string as labels are; a later key cannot repeat an earlier one.
    func strings(_ key: String) throws(FieldError) -> [String: String] {
        var strings: [String: String] = [:]
        for entry in try entries(key) { strings[entry.key] = entry.value.isNull ? "" : try entry.value.string() }
        return strings
    }

    func mapping() throws(FieldError) -> Node.Mapping {
        guard case .mapping(let mapping) = node else { throw mismatch("a mapping") }
        return mapping
    }

    func mismatch(_ wanted: String) -> FieldError {
        FieldError(self, "must be \(wanted), not \(found); write it as the Kubernetes API defines it")
    }

    /// The deepest chain of merge keys that is followed.
    private static let mergeLimit = 8

    private static func find(_ key: String, in mapping: Node.Mapping, depth: Int) -> Node? {
        var merged: Node?
        for (name, value) in mapping {
            guard case .scalar(let scalar) = name else { continue }
            if scalar.string == key { return value }
            if scalar.string == "<<" { merged = value }
        }
        guard let merged, depth < mergeLimit else { return nil }
        return merge(merged).lazy.compactMap { find(key, in: $0, depth: depth + 1) }.first
    }

    private static func merge(_ node: Node) -> [Node.Mapping] {
        switch node {
        case .mapping(let mapping): [mapping]
        case .sequence(let sequence): sequence.compactMap(\.mapping)
        case .scalar, .alias: []
        }
    }
}
