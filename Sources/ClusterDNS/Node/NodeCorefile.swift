import Corefile

/// The Corefile of `clusterdns node`: which one it is, and what stands in for one that is not there.
enum NodeCorefile {
    /// The name of the Corefile that is built in.
    static let builtInName = "built-in Corefile"

    /// The file to serve: the template of node-cache where it is, as node-cache takes it, else the one that was named.
    ///
    /// `base` and `conf` are the flags `-basecorefile` and `-conf`.
    static func choose(
        base: String?, conf: String?, isReadable: (String) -> Bool = DiskCorefileLoader.isReadable
    ) -> String {
        if let base { return base }
        if isReadable(NodeOptions.defaultBaseCorefile) { return NodeOptions.defaultBaseCorefile }
        return conf ?? builtInName
    }

    /// What the published Corefile says, with a page for readiness and a lameduck time more.
    static func builtIn(port: UInt16, healthPort: UInt16) -> String {
        let common = """
                errors
                reload
                loop
                bind __PILLAR__LOCAL__DNS__
                prometheus :9253
            """
        let cluster = """
                forward . __PILLAR__CLUSTER__DNS__ {
                    force_tcp
                }
            """
        return """
            __PILLAR__DNS__DOMAIN__:\(port) {
            \(common)
                cache {
                    success 9984 30
                    denial 9984 5
                }
            \(cluster)
                health __PILLAR__LOCAL__DNS__:\(healthPort) {
                    lameduck 5s
                }
                ready __PILLAR__LOCAL__DNS__:8181
            }
            in-addr.arpa:\(port) ip6.arpa:\(port) {
            \(common)
                cache 30
            \(cluster)
            }
            .:\(port) {
            \(common)
                cache 30
                forward . __PILLAR__UPSTREAM__SERVERS__
            }

            """
    }

    /// A block for each domain that kube-dns' ConfigMap gives upstreams of its own, as node-cache writes them.
    static func stubBlocks(_ domains: [String: [String]], port: UInt16) -> String {
        domains.sorted { $0.key < $1.key }.map { domain, upstreams in
            """

            \(domain):\(port) {
                errors
                cache 30
                bind __PILLAR__LOCAL__DNS__
                forward . \(upstreams.joined(separator: " "))
            }

            """
        }.joined()
    }
}

/// Reads the Corefile of `clusterdns node`: from disk or built in, with placeholders and kube-dns' stub domains filled in.
struct NodeCorefileLoader: CorefileLoader {
    private let disk = DiskCorefileLoader()
    /// The one that stub domains are added to.
    let file: String
    let port: UInt16
    let healthPort: UInt16
    let placeholders: NodePlaceholders
    /// nil where the node has no such ConfigMap.
    let configMap: KubeDNSConfigMap?

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        guard path == file else { return try disk.contents(of: path, limit: limit) }
        let isBuiltIn = path == NodeCorefile.builtInName
        let own =
            isBuiltIn
            ? Array(NodeCorefile.builtIn(port: port, healthPort: healthPort).utf8)
            : try disk.contents(of: path, limit: limit)
        let stubDomains = configMap?.read().stubDomains ?? [:]
        return own + Array(NodeCorefile.stubBlocks(stubDomains, port: port).utf8)
    }

    func files(matching pattern: String) -> [String] { disk.files(matching: pattern) }
    func environmentVariable(_ name: String) -> String? { disk.environmentVariable(name) }
    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        try placeholders.words(for: name)
    }
}
