import ClusterModel
import Foundation

/// Reads Namespaces, ConfigMaps, Secrets and workloads.
struct ConfigurationReader {
    var metadata: MetadataReader

    func namespace(_ object: ManifestValue) throws(FieldError) -> Namespace {
        Namespace(metadata: try metadata.metadata(of: object, name: .label, isNamespaced: false))
    }

    /// `data` alone: `binaryData` never becomes an environment variable.
    func configMap(_ object: ManifestValue) throws(FieldError) -> ConfigMap {
        ConfigMap(metadata: try metadata.metadata(of: object), data: try object.strings("data"))
    }

    /// `data` decoded from base64; `stringData` beats it.
    ///
    /// No message ever shows a value.
    func secret(_ object: ManifestValue) throws(FieldError) -> Secret {
        var secret = Secret(metadata: try metadata.metadata(of: object), data: [:])
        for entry in try object.entries("data") {
            let text = try Self.secretText(entry.value)
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), Self.isBase64(text) else {
                throw FieldError(entry.value, "is not base64; encode it, or write it under stringData")
            }
            secret.data[entry.key] = Array(data)
        }
        for entry in try object.entries("stringData") {
            secret.data[entry.key] = Array(try Self.secretText(entry.value).utf8)
        }
        return secret
    }

    private static func secretText(_ value: ManifestValue) throws(FieldError) -> String {
        if value.isNull { return "" }
        guard value.kind == .text else { throw FieldError(value, "must be a string; put the value in quotes") }
        return try value.string()
    }

    func workload(_ object: ManifestValue, kind: String) throws(FieldError) -> Workload {
        var workload = Workload(kind: kind, metadata: try metadata.metadata(of: object))
        guard let spec = try object.member("spec") else { return workload }
        workload.replicas = try spec.integer("replicas") ?? 1
        workload.selector = try spec.member("selector")?.strings("matchLabels") ?? [:]
        guard let template = try spec.member("template") else { return workload }
        workload.templateLabels = try template.member("metadata")?.strings("labels") ?? [:]
        if let podSpec = try template.member("spec") {
            workload.containers = try ContainerReader.containers(of: podSpec)
        }
        return workload
    }

    /// Line breaks are allowed in between, as Go's decoder skips them.
    private static func isBase64(_ text: String) -> Bool {
        text.utf8.allSatisfy { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "+/=\r\n".utf8.contains(octet)
            }
        }
    }
}
