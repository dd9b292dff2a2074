import Foundation

extension APIServer {
    /// A kubeconfig file for this server, with certificates inside it: what `kubectl --kubeconfig` takes.
    ///
    /// `token` nil: the client certificate where there is one, else no credentials.
    package func kubeconfig(token: String? = nil) throws -> String {
        var cluster = "    server: \(url)\n"
        var user = "    {}\n"
        if let certificates = options.certificates {
            cluster += "    certificate-authority-data: \(try Self.base64(certificates.authority))\n"
            if token == nil {
                user = "    client-certificate-data: \(try Self.base64(certificates.client))\n"
                user += "    client-key-data: \(try Self.base64(certificates.clientKey))\n"
            }
        }
        if let token { user = "    token: \(token)\n" }
        return """
            apiVersion: v1
            kind: Config
            current-context: simulated
            clusters:
            - name: simulated
              cluster:
            \(cluster)contexts:
            - name: simulated
              context:
                cluster: simulated
                user: tester
            users:
            - name: tester
              user:
            \(user)
            """
    }

    private static func base64(_ file: URL) throws -> String { try Data(contentsOf: file).base64EncodedString() }
}
