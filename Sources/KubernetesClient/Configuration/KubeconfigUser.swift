/// An entry of `users` (`v1.AuthInfo`).
struct KubeconfigUser: Decodable {
    struct Unsupported: Decodable {}

    var token: String?
    var tokenFile: String?
    var certificateFile: String?
    var certificateData: String?
    var keyFile: String?
    var keyData: String?
    var username: String?
    var password: String?
    var exec: KubeconfigExec?
    var authProvider: Unsupported?
    var impersonated: String?

    enum CodingKeys: String, CodingKey {
        case token, tokenFile, username, password, exec
        case certificateFile = "client-certificate"
        case certificateData = "client-certificate-data"
        case keyFile = "client-key"
        case keyData = "client-key-data"
        case authProvider = "auth-provider"
        case impersonated = "as"
    }

    func login(_ place: KubeconfigPlace, cluster: ExecPlugin.Cluster) throws(ConfigurationError) -> Login {
        if authProvider != nil {
            throw place.error("has an auth-provider, which Kubernetes dropped in 1.26; use an exec plugin.")
        }
        if let impersonated, !impersonated.isEmpty {
            throw place.error("impersonates another user, which is not supported; log in as that user.")
        }
        return try Login(authorization: authorization(place, cluster), certificate: certificate(place))
    }

    private func certificate(_ place: KubeconfigPlace) throws(ConfigurationError) -> Login.Certificate? {
        let chain = try place.pem(data: certificateData, file: certificateFile, "client-certificate")
        let key = try place.pem(data: keyData, file: keyFile, "client-key")
        switch (chain, key) {
        case (nil, nil): return nil
        case (let chain?, let key?): return Login.Certificate(chain: chain, key: key)
        case (_?, nil): throw place.error("has a client-certificate and no client-key; add the key.")
        case (nil, _?): throw place.error("has a client-key and no client-certificate; add the certificate.")
        }
    }

    /// A plugin stands alone; a token file wins over a token, as in client-go.
    private func authorization(
        _ place: KubeconfigPlace, _ cluster: ExecPlugin.Cluster
    ) throws(ConfigurationError) -> Login.Authorization {
        if let exec { return .plugin(try exec.plugin(place, cluster: cluster)) }
        if let tokenFile, !tokenFile.isEmpty { return .tokenFile(place.path(tokenFile)) }
        if let token, !token.isEmpty { return .token(Concealed(token)) }
        if let username, !username.isEmpty { return .password(user: username, Concealed(password ?? "")) }
        return .none
    }
}
