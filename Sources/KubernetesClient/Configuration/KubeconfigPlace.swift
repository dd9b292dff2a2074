import Foundation

/// An entry of a kubeconfig: for sentences, and for the paths in it.
struct KubeconfigPlace {
    var file: String
    /// `cluster “c”`.
    var entry: String

    var name: String { "\(file): \(entry)" }

    func error(_ rest: String) -> ConfigurationError { ConfigurationError("\(name) \(rest)") }

    /// Relative paths start at the directory of the kubeconfig.
    func path(_ text: String) -> String {
        text.hasPrefix("/") ? text : URL(fileURLWithPath: file).deletingLastPathComponent().path + "/" + text
    }

    /// `FIELD-data` in base64 wins over the file that `FIELD` names; nil where both are missing or empty.
    func pem(data: String?, file: String?, _ field: String) throws(ConfigurationError) -> PEMSource? {
        if let data, !data.isEmpty {
            guard let octets = Data(base64Encoded: data, options: .ignoreUnknownCharacters), !octets.isEmpty else {
                throw error("has \(field)-data that is no base64; write the file's octets in base64.")
            }
            return .embedded(Concealed(Array(octets)), name: "\(name), \(field)-data")
        }
        guard let file, !file.isEmpty else { return nil }
        return .file(path(file))
    }
}
