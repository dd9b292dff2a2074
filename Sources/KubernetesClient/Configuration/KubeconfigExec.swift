/// The `exec` part of a user (`v1.ExecConfig`).
struct KubeconfigExec: Decodable {
    struct Variable: Decodable {
        var name: String
        var value: String?
    }

    var apiVersion: String?
    var command: String?
    var args: [String]?
    var env: [Variable]?
    var installHint: String?
    var provideClusterInfo: Bool?
    var interactiveMode: String?

    private static let supported = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    func plugin(
        _ place: KubeconfigPlace, cluster: ExecPlugin.Cluster
    ) throws(ConfigurationError) -> ExecPlugin {
        guard let command, !command.isEmpty else { throw place.error("has an exec plugin without command; add it.") }
        guard let apiVersion, Self.supported.contains(apiVersion) else {
            let supported = Self.supported.joined(separator: " or ")
            throw place.error("has an exec plugin of apiVersion “\(apiVersion ?? "")”; use \(supported).")
        }
        guard interactiveMode != "Always" else {
            throw place.error("has an exec plugin that needs a terminal; set interactiveMode to IfAvailable or Never.")
        }
        return ExecPlugin(
            apiVersion: apiVersion, command: command.contains("/") ? place.path(command) : command,
            arguments: args ?? [], environment: (env ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
            installHint: installHint ?? "", cluster: provideClusterInfo == true ? cluster : nil)
    }
}
