import Foundation
import Yams

/// A kubeconfig file as it is written (`k8s.io/client-go/tools/clientcmd/api/v1`), before a context is chosen.
struct Kubeconfig: Decodable {
    struct Named<Value: Decodable>: Decodable {
        var name: String
        var value: Value

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        /// The value stands under `cluster`, `context` or `user`: the one key beside `name`.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            name = try container.decode(String.self, forKey: Key(stringValue: "name"))
            let key = container.allKeys.first { ["cluster", "context", "user"].contains($0.stringValue) }
            value = try container.decode(Value.self, forKey: key ?? Key(stringValue: "cluster, context or user"))
        }
    }

    struct Context: Decodable {
        var cluster: String
        var user: String?
        var namespace: String?
    }

    var clusters: [Named<KubeconfigCluster>]?
    var contexts: [Named<Context>]?
    var users: [Named<KubeconfigUser>]?
    var currentContext: String?

    enum CodingKeys: String, CodingKey {
        case clusters, contexts, users
        case currentContext = "current-context"
    }

    /// Reads `path`, which holds at most 1 MiB of YAML or JSON.
    static func read(_ path: String) throws(ConfigurationError) -> Kubeconfig {
        let octets = try CredentialFile.read(path, what: "kubeconfig")
        do {
            return try YAMLDecoder().decode(Kubeconfig.self, from: Data(octets))
        } catch let error as DecodingError {
            throw ConfigurationError("\(path) is no kubeconfig: \(Self.sentence(error)); write it as kubectl does.")
        } catch {
            throw ConfigurationError("\(path) is no YAML; write it as kubectl does.")
        }
    }

    /// Says which field is wrong, and nothing of what stands there: it may be a secret.
    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "“\(key.stringValue)” is missing in \(place(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context.codingPath)) is of another kind than it must be"
        default: "it is no YAML"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        let words = path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }
        return words.isEmpty ? "the file" : words.joined(separator: ".").replacing(".[", with: "[")
    }
}
