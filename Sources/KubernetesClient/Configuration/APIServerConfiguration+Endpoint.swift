extension APIServerConfiguration {
    /// PEM files of CoreDNS' option `tls CERT KEY CACERT`.
    package struct TLSFiles: Hashable, Sendable {
        package var certificate: String
        package var key: String
        package var authority: String

        package init(certificate: String, key: String, authority: String) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
        }
    }

    /// CoreDNS' options `endpoint URL` and `tls CERT KEY CACERT`; without `tls` nobody logs in.
    package static func endpoint(_ url: String, tls: TLSFiles?) throws(ConfigurationError) -> APIServerConfiguration {
        let server = try ServerURL(url, in: "endpoint")
        guard server.isSecure || tls == nil else {
            throw ConfigurationError("endpoint \(url) is not encrypted, so tls means nothing; write https.")
        }
        return APIServerConfiguration(
            server: server, trust: tls.map { .authority(.file($0.authority)) } ?? .systemRoots,
            login: Login(certificate: tls.map { .init(chain: .file($0.certificate), key: .file($0.key)) }),
            origin: "endpoint \(url)")
    }
}
