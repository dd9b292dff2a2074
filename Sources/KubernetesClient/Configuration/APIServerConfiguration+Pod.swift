extension APIServerConfiguration {
    /// The directory that kubelet mounts into every Pod with a service account.
    package static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// What a Pod finds: the server in its environment, token and authority in the files of its service account.
    ///
    /// Throws outside of a Pod. Kubernetes: client-go rest/config.go, InClusterConfig.
    package static func inCluster(
        environment: [String: String], directory: String = serviceAccountDirectory
    ) throws(ConfigurationError) -> APIServerConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw ConfigurationError(
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no Pod; "
                    + "name the cluster with kubeconfig FILE or endpoint URL, or a directory with manifests DIR.")
        }
        let place = "the environment of this Pod"
        return APIServerConfiguration(
            server: try ServerURL("https://\(ServerURL.bracketed(host)):\(port)", in: place),
            trust: .authority(.file("\(directory)/ca.crt")),
            login: Login(authorization: .tokenFile("\(directory)/token")),
            origin: "the service account in \(directory)")
    }
}
