import ClusterModel
import KubernetesProtocol

/// Reads `metadata` as the API server would accept it.
struct MetadataReader {
    /// How a kind spells its names.
    enum NameRule { case label, serviceName, subdomain }

    var file: String
    /// The line on which the object starts.
    var line: Int
    /// A namespace given by the object around it; `default` in a file.
    static let defaultNamespace = "default"

    /// Throws where the name is missing or misspelt, or a field has the wrong type.
    func metadata(
        of object: ManifestValue, name rule: NameRule = .subdomain, isNamespaced: Bool = true
    ) throws(FieldError) -> ObjectMetadata {
        guard let value = try object.member("metadata") else {
            throw FieldError(object, "has no metadata; add metadata.name")
        }
        var metadata = ObjectMetadata(name: try name(value, rule), namespace: "")
        if isNamespaced { metadata.namespace = try value.member("namespace")?.label() ?? Self.defaultNamespace }
        metadata.labels = try value.strings("labels")
        metadata.annotations = try value.strings("annotations")
        metadata.uid = try value.string("uid") ?? ""
        metadata.resourceVersion = try value.string("resourceVersion") ?? ""
        metadata.creationTime = try value.member("creationTimestamp")?.timestamp()
        metadata.deletionTime = try value.member("deletionTimestamp")?.timestamp()
        metadata.source = SourceLocation(file: file, line: line)
        return metadata
    }

    private func name(_ metadata: ManifestValue, _ rule: NameRule) throws(FieldError) -> String {
        guard let name = try metadata.member("name") else {
            throw FieldError(metadata, "has no name; add metadata.name")
        }
        switch rule {
        case .label: return try name.label()
        case .subdomain: return try name.subdomain()
        case .serviceName:
            return try name.name(
                "a Service name (RFC 1035: 1-63 of a-z, 0-9 and -, a letter first, no - last)",
                where: NameRules.isServiceName)
        }
    }
}

extension ManifestValue {
    /// `kind/name` of the owner with `controller: true`; empty where there is none.
    func controllingOwner() throws(FieldError) -> String {
        guard let metadata = try member("metadata") else { return "" }
        for owner in try metadata.elements("ownerReferences") where try owner.bool("controller") == true {
            return "\(try owner.string("kind") ?? "")/\(try owner.string("name") ?? "")"
        }
        return ""
    }
}
