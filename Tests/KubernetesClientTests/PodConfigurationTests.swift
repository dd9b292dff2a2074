import Testing

@testable import KubernetesClient

/// client-go's `rest.InClusterConfig`, and CoreDNS' options `endpoint` and `tls`.
struct PodConfigurationTests {
    @Test(arguments: [("10.96.0.1", "443", "https://10.96.0.1:443"), ("fd00::1", "6443", "https://[fd00::1]:6443")])
    func aPodFindsItsServer(_ host: String, _ port: String, _ url: String) throws {
        let configuration = try APIServerConfiguration.inCluster(
            environment: ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port], directory: "/sa")
        #expect(configuration.server.description == url)
        #expect(configuration.server.host == host)
        #expect(configuration.trust == .authority(.file("/sa/ca.crt")))
        #expect(configuration.login == Login(authorization: .tokenFile("/sa/token")))
    }

    @Test func outsideOfAPodTheRemedyIsNamed() throws {
        let error = #expect(throws: ConfigurationError.self) { try APIServerConfiguration.inCluster(environment: [:]) }
        #expect(try #require(error).description.contains("kubeconfig FILE"))
    }

    @Test func anEndpointWithCertificates() throws {
        let files = APIServerConfiguration.TLSFiles(certificate: "/c", key: "/k", authority: "/a")
        let configuration = try APIServerConfiguration.endpoint("https://k8s:8443", tls: files)
        #expect(configuration.server.authority == "k8s:8443")
        #expect(configuration.trust == .authority(.file("/a")))
        #expect(configuration.login.certificate == .init(chain: .file("/c"), key: .file("/k")))
        #expect(throws: ConfigurationError.self) { try APIServerConfiguration.endpoint("http://k8s:8080", tls: files) }
        #expect(try APIServerConfiguration.endpoint("http://k8s:8080", tls: nil).server.isSecure == false)
    }

    @Test(arguments: [
        "", "k8s", "ftp://k8s", "https://", "https://u:p@k8s", "https://k8s?x=1", "https://k8s:99999", "https://k8s:0",
    ])
    func badURLsAreRefused(_ url: String) {
        #expect(throws: ConfigurationError.self) { try ServerURL(url, in: "endpoint") }
    }
}
