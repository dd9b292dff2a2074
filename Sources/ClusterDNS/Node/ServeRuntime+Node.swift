import Corefile
import Logging

extension ServeRuntime {
    /// A server as `clusterdns node` runs it; `base` and `conf` are the Corefiles named by flags, where any are.
    init(node options: NodeOptions, base: String?, conf: String?, port: UInt16, sharesPorts: Bool, logger: Logger) {
        let disk = DiskCorefileLoader()
        let configMap = options.kubeDNSDirectory.map { directory in
            KubeDNSConfigMap(directory: directory) { problem in
                options.errors.count(.configmap)
                logger.error("node: \(problem); what it said before goes on")
            }
        }
        let file = NodeCorefile.choose(base: base, conf: conf)
        var placeholders = NodePlaceholders(environment: { disk.environmentVariable($0) })
        placeholders.localAddresses = options.localAddresses
        placeholders.domain = options.domain
        placeholders.upstreamService = options.upstreamService
        placeholders.upstreams = { configMap?.read().upstreams ?? [] }
        var loader = ConfigurationLoader(file: file, defaultPort: port)
        // The cluster's zones at least: a node goes on by itself for as long as an outage may last.
        loader.copyExpiry = .seconds(7 * 24 * 3600)
        loader.reader = NodeCorefileLoader(
            file: file, port: port, healthPort: options.healthPort, placeholders: placeholders, configMap: configMap)
        logger.info("node: serving the \(file == NodeCorefile.builtInName ? file : "Corefile \(file)")")
        self.init(loader, logger, node: options, sharesPorts: sharesPorts)
    }
}
