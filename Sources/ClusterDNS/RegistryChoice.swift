import Answering
import ClusterZone
import Corefile
import DNSWire
import Glibc

/// A registry of a configuration, perhaps with another source than the configuration names.
struct RegistryChoice {
    var configuration: ServerConfiguration
    /// The registry's place in `configuration.registries`.
    var index: Int
    var definition: RegistryDefinition

    /// What stands in for the source that a configuration names.
    enum Substitute: Hashable {
        /// A directory.
        case manifests(String)
        /// `context` nil: the file's current one.
        case kubeconfig(file: String, context: String?)
    }

    /// nil where the configuration has no such registry.
    init?(_ configuration: ServerConfiguration, at index: Int, _ substitute: Substitute? = nil) {
        guard configuration.registries.indices.contains(index) else { return nil }
        self.configuration = configuration
        self.index = index
        definition = configuration.registries[index]
        if let substitute { definition.source = substitute.source(like: definition.source) }
    }

    /// The first registry of `conf`, or of a default file; with manifests alone the one that reads them already.
    ///
    /// Throws where nothing says what to read, or the configuration is refused.
    static func find(conf: String?, _ substitute: Substitute? = nil) throws(CommandFailure) -> RegistryChoice {
        if let conf { return try named(conf, substitute) }
        let file = ConfigurationLoader.defaultFile()
        switch substitute {
        case .manifests(let directory): return serving(directory, file) ?? builtIn(.manifests(directory))
        case .some(let kubeconfig): return builtIn(kubeconfig)
        case nil: break
        }
        guard let file else {
            throw CommandFailure(
                "there is no Corefile here (\(ConfigurationLoader.defaultFiles.joined(separator: ", "))); name one with "
                    + "--conf FILE, the manifests alone with --manifests DIR, or a cluster with --kubeconfig FILE")
        }
        return try named(file, nil)
    }

    /// The registry of the same configuration that has the zone; this one where none has.
    func holding(_ zone: String, _ substitute: Substitute?) -> RegistryChoice {
        guard let name = try? Name(zone) else { return self }
        let index = configuration.registries.firstIndex { registry in
            (registry.options.forwardZones + registry.options.reverseZones).contains(name)
        }
        return index.flatMap { RegistryChoice(configuration, at: $0, substitute) } ?? self
    }

    private static func named(_ file: String, _ substitute: Substitute?) throws(CommandFailure) -> RegistryChoice {
        let configuration: ServerConfiguration
        do { configuration = try ConfigurationLoader(file: file).load() } catch {
            throw CommandFailure("\(error)")
        }
        guard let choice = RegistryChoice(configuration, at: 0, substitute) else {
            throw CommandFailure(
                "\(file): it has no \"kubernetes\" directive, so there is no registry to read; add one, or name another "
                    + "file with --conf")
        }
        return choice
    }

    /// The registry of the default Corefile that reads these very manifests: it knows the addresses given.
    private static func serving(_ manifests: String, _ file: String?) -> RegistryChoice? {
        guard let file, let configuration = try? ConfigurationLoader(file: file).load() else { return nil }
        let path = realPath(manifests)
        guard
            let index = configuration.registries.firstIndex(where: {
                $0.source.manifests.map { realPath($0.directory) } == path
            })
        else {
            return nil
        }
        return RegistryChoice(configuration, at: index, .manifests(manifests))
    }

    /// What `kubernetes cluster.local in-addr.arpa ip6.arpa { manifests DIR }` would serve, or `kubeconfig FILE`.
    private static func builtIn(_ substitute: Substitute) -> RegistryChoice {
        let text = """
            . {
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                    manifests .
                    service_cidr 10.0.0.0/16 fd00:10::/108
                    pods insecure
                }
            }
            """
        let loader = TextLoader(text: text)
        guard let configuration = try? ConfigurationLoader(file: "built-in", interfaces: [:]).load(loader: loader),
            let choice = RegistryChoice(configuration, at: 0, substitute)
        else { preconditionFailure("the built-in Corefile is valid") }
        return choice
    }

    private static func realPath(_ path: String) -> String {
        // SAFETY: realpath with a null buffer returns a string of its own, which is copied and freed once.
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

extension RegistryChoice.Substitute {
    /// A source with the settings of `other`, as far as they mean anything for it.
    fileprivate func source(like other: RegistrySource) -> RegistrySource {
        switch self {
        case .manifests(let directory):
            var source = other.manifests ?? ManifestSource(directory: directory)
            source.directory = directory
            return .manifests(source)
        case .kubeconfig(let file, let context):
            let connection = APISource.Connection.kubeconfig(file: file, context: context)
            var source = other.api ?? APISource(connection: connection)
            source.connection = connection
            return .api(source)
        }
    }
}

/// One Corefile from memory, and nothing beside it.
private struct TextLoader: CorefileLoader {
    var text: String

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] { Array(text.utf8) }
    func files(matching pattern: String) -> [String] { [] }
    func environmentVariable(_ name: String) -> String? { nil }
}
