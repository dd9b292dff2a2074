import Answering
import KubernetesClient

extension APISource {
    /// Where the source's server is and how to log in; throws where a file or the environment does not say.
    var serverConfiguration: APIServerConfiguration {
        get throws(ConfigurationError) {
            switch connection {
            case .inCluster:
                let names = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]
                var environment: [String: String] = [:]
                for name in names { environment[name] = DiskCorefileLoader().environmentVariable(name) }
                return try .inCluster(environment: environment)
            case .kubeconfig(let file, let context):
                return try .kubeconfig(file: file, context: context)
            case .endpoint(let url, let files):
                let tls = files.map {
                    APIServerConfiguration.TLSFiles(
                        certificate: $0.certificate, key: $0.key, authority: $0.authority)
                }
                return try .endpoint(url, tls: tls)
            }
        }
    }
}
