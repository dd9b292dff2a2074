import Foundation

/// The object that passes between us and an exec plugin, as JSON (`client.authentication.k8s.io`).
///
/// Kubernetes: k8s.io/client-go/pkg/apis/clientauthentication/v1/types.go.
struct ExecCredential: Codable {
    struct Cluster: Codable {
        var server: String
        var serverName: String?
        var isUnverified: Bool?
        var authorityData: Data?

        enum CodingKeys: String, CodingKey {
            case server
            case serverName = "tls-server-name"
            case isUnverified = "insecure-skip-tls-verify"
            case authorityData = "certificate-authority-data"
        }
    }

    struct Spec: Codable {
        var interactive: Bool
        var cluster: Cluster?
    }

    struct Status: Codable {
        /// RFC 3339.
        var expirationTimestamp: String?
        var token: String?
        /// PEM, not base64.
        var clientCertificateData: String?
        var clientKeyData: String?
    }

    var apiVersion: String
    var kind: String
    var spec: Spec?
    var status: Status?

    /// What the plugin is told, in the variable `KUBERNETES_EXEC_INFO`.
    static func request(_ plugin: ExecPlugin) throws(ConfigurationError) -> String {
        let cluster = try plugin.cluster.map { cluster throws(ConfigurationError) in try Cluster(cluster) }
        let request = ExecCredential(
            apiVersion: plugin.apiVersion, kind: "ExecCredential", spec: Spec(interactive: false, cluster: cluster))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let octets = try? encoder.encode(request) else {
            throw ConfigurationError("The exec plugin \(plugin.command) cannot be told of the cluster; use text only.")
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// What the plugin printed; nil where that is not an `ExecCredential` of the version asked for, with a status.
    static func status(_ octets: [UInt8], _ plugin: ExecPlugin) -> Status? {
        guard let answer = try? JSONDecoder().decode(ExecCredential.self, from: Data(octets)),
            answer.kind == "ExecCredential", answer.apiVersion == plugin.apiVersion
        else { return nil }
        return answer.status
    }
}

extension ExecCredential.Cluster {
    init(_ cluster: ExecPlugin.Cluster) throws(ConfigurationError) {
        server = cluster.server.description
        serverName = cluster.serverName
        switch cluster.trust {
        case .systemRoots: break
        case .anyone: isUnverified = true
        case .authority(let source): authorityData = Data(try source.octets(what: "certificate authority"))
        }
    }
}
