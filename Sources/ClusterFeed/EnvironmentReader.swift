import ClusterModel

/// Reads `env` and `envFrom` of a container.
enum EnvironmentReader {
    static func entry(_ value: ManifestValue) throws(FieldError) -> EnvironmentEntry {
        guard let name = try value.string("name"), !name.isEmpty else {
            throw FieldError(value, "has no name; add the variable's name")
        }
        guard let source = try value.member("valueFrom") else {
            return EnvironmentEntry(name: name, value: .literal(try value.string("value") ?? ""))
        }
        if let literal = try value.string("value"), !literal.isEmpty {
            throw FieldError(value, "has value and valueFrom; keep one of the two")
        }
        return EnvironmentEntry(name: name, value: try Self.value(from: source))
    }

    /// A ConfigMap, a Secret, or (against the API's advice) both.
    static func sources(_ value: ManifestValue) throws(FieldError) -> [EnvironmentSource] {
        let prefix = try value.string("prefix") ?? ""
        var sources: [EnvironmentSource] = []
        for (key, kind) in [("configMapRef", EnvironmentSource.Kind.configMap), ("secretRef", .secret)] {
            guard let reference = try value.member(key) else { continue }
            sources.append(
                EnvironmentSource(
                    kind: kind, name: try reference.required("name"), prefix: prefix,
                    optional: try reference.bool("optional") ?? false))
        }
        return sources
    }

    private static func value(from source: ManifestValue) throws(FieldError) -> EnvironmentEntry.Value {
        if let key = try source.member("configMapKeyRef") {
            return .configMapKey(
                name: try key.required("name"), key: try key.required("key"),
                optional: try key.bool("optional") ?? false)
        }
        if let key = try source.member("secretKeyRef") {
            return .secretKey(
                name: try key.required("name"), key: try key.required("key"),
                optional: try key.bool("optional") ?? false)
        }
        if let field = try source.member("fieldRef") { return .field(path: try field.required("fieldPath")) }
        if let resource = try source.member("resourceFieldRef") {
            return .resource(
                containerName: try resource.string("containerName") ?? "",
                resource: try resource.required("resource"), divisor: try resource.member("divisor")?.text() ?? "")
        }
        throw FieldError(
            source, "names no known source; use configMapKeyRef, secretKeyRef, fieldRef or resourceFieldRef")
    }
}

extension ManifestValue {
    /// A string that must be there.
    func required(_ key: String) throws(FieldError) -> String {
        guard let text = try string(key), !text.isEmpty else {
            throw FieldError(self, "has no \(key); add it")
        }
        return text
    }
}
