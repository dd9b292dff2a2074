/// An entry of `clusters` (`v1.Cluster`).
struct KubeconfigCluster: Decodable {
    var server: String?
    var serverName: String?
    var isUnverified: Bool?
    var authorityFile: String?
    var authorityData: String?
    var proxy: String?

    enum CodingKeys: String, CodingKey {
        case server
        case serverName = "tls-server-name"
        case isUnverified = "insecure-skip-tls-verify"
        case authorityFile = "certificate-authority"
        case authorityData = "certificate-authority-data"
        case proxy = "proxy-url"
    }

    /// How the server's certificate is judged; embedded data wins over a file.
    func trust(_ place: KubeconfigPlace) throws(ConfigurationError) -> ServerTrust {
        let authority = try place.pem(data: authorityData, file: authorityFile, "certificate-authority")
        guard isUnverified == true else { return authority.map(ServerTrust.authority) ?? .systemRoots }
        guard authority == nil else {
            throw place.error("has insecure-skip-tls-verify and a certificate-authority; keep one of them.")
        }
        return .anyone
    }

    func url(_ place: KubeconfigPlace) throws(ConfigurationError) -> ServerURL {
        if let proxy, !proxy.isEmpty {
            throw place.error("has a proxy-url, which is not supported; name a server that is reached directly.")
        }
        guard let server, !server.isEmpty else { throw place.error("has no server; add its URL.") }
        return try ServerURL(server, in: place.name)
    }
}
