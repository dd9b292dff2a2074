extension APIServerConfiguration {
    /// The cluster and the user of a context in a kubeconfig file; `context` nil means its current one.
    ///
    /// Throws where the file, the context, its cluster or its user is missing or makes no sense; files that these
    /// name are not read yet. Kubernetes: client-go tools/clientcmd.
    package static func kubeconfig(
        file: String, context wanted: String? = nil
    ) throws(ConfigurationError) -> APIServerConfiguration {
        let document = try Kubeconfig.read(file)
        let contextName = try contextName(wanted, document, file)
        let context = try entry(contextName, in: document.contexts, "context", of: file)
        let cluster = try entry(context.cluster, in: document.clusters, "cluster", of: file)
        let place = KubeconfigPlace(file: file, entry: "cluster “\(context.cluster)”")
        var configuration = APIServerConfiguration(
            server: try cluster.url(place), serverName: cluster.serverName.flatMap { $0.isEmpty ? nil : $0 },
            trust: try cluster.trust(place), origin: "\(file), context “\(contextName)”")
        guard let userName = context.user, !userName.isEmpty else { return configuration }
        let user = try entry(userName, in: document.users, "user", of: file)
        let shown = ExecPlugin.Cluster(
            server: configuration.server, serverName: configuration.serverName, trust: configuration.trust)
        configuration.login = try user.login(
            KubeconfigPlace(file: file, entry: "user “\(userName)”"), cluster: shown)
        return configuration
    }

    /// The namespace that a context names, as kubectl takes it where `-n` is not given; nil where it names none.
    ///
    /// Throws where the file or the context is missing or makes no sense.
    package static func namespace(
        file: String, context wanted: String? = nil
    ) throws(ConfigurationError) -> String? {
        let document = try Kubeconfig.read(file)
        let context = try entry(contextName(wanted, document, file), in: document.contexts, "context", of: file)
        return context.namespace.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func contextName(
        _ wanted: String?, _ document: Kubeconfig, _ file: String
    ) throws(ConfigurationError) -> String {
        if let name = wanted ?? document.currentContext, !name.isEmpty { return name }
        let names = (document.contexts ?? []).map(\.name)
        let remedy = names.isEmpty ? "it holds none" : "name one of \(names.joined(separator: ", "))"
        throw ConfigurationError("\(file) has no current-context; \(remedy).")
    }

    private static func entry<Value>(
        _ name: String, in entries: [Kubeconfig.Named<Value>]?, _ kind: String, of file: String
    ) throws(ConfigurationError) -> Value {
        if let found = entries?.first(where: { $0.name == name }) { return found.value }
        let names = (entries ?? []).map(\.name)
        let remedy = names.isEmpty ? "it holds none" : "it holds \(names.joined(separator: ", "))"
        throw ConfigurationError("\(file) has no \(kind) “\(name)”; \(remedy).")
    }
}
