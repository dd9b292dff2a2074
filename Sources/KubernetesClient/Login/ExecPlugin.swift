/// A program that prints credentials (`client.authentication.k8s.io`, kinds `v1` and `v1beta1`).
package struct ExecPlugin: Hashable, Sendable {
    package struct Variable: Hashable, Sendable {
        package var name: String
        var value: Concealed<String>

        package init(name: String, value: String) {
            self.name = name
            self.value = Concealed(value)
        }
    }

    /// What a plugin with `provideClusterInfo` is told of the cluster.
    package struct Cluster: Hashable, Sendable {
        package var server: ServerURL
        package var serverName: String?
        package var trust: ServerTrust
    }

    package var apiVersion: String
    /// A path, or a name that is looked for in `PATH`.
    package var command: String
    package var arguments: [String]
    /// Added to the environment of this process.
    package var environment: [Variable]
    /// What its author says to those who lack it.
    package var installHint: String
    /// nil where the plugin is told nothing.
    package var cluster: Cluster?
}
