import Corefile
import NetworkAddress

/// Reads those options of a `kubernetes` directive that say where the registry is.
struct KubernetesSourceOptions {
    static let known = [
        "manifests", "service_cidr", "kubeconfig", "endpoint", "tls", "apiserver_qps", "apiserver_burst",
        "apiserver_max_inflight", "state",
    ]
    /// The options that choose a source; only one may stand.
    private static let choices = ["manifests", "kubeconfig", "endpoint"]
    /// More requests a second than any API server answers.
    private static let limitMax = 1_000_000

    private var manifests: String?
    private var ranges: [AddressPrefix] = []
    private var connection = APISource.Connection.inCluster
    private var tls: APISource.TLSFiles?
    private var limits = APISource.RequestLimits()
    private var stateFile: String?
    /// The option names that were read, in their order.
    private var names: [Token] = []
    /// What is doubtful, and yet taken.
    private(set) var warnings: [CorefileError] = []

    /// Returns false for an option it does not know.
    mutating func read(_ option: Directive, _ scope: BlockScope) throws(CorefileError) -> Bool {
        switch option.name.text {
        case "manifests": manifests = scope.path(try option.onlyArgument().text)
        case "service_cidr": try readRanges(option)
        case "kubeconfig": try readKubeconfig(option, scope)
        case "endpoint": try readEndpoint(option)
        case "tls": try readTLS(option, scope)
        case "apiserver_qps": limits.rate = try Self.rate(option.onlyArgument())
        case "apiserver_burst": limits.burst = try Self.limit(option.onlyArgument())
        case "apiserver_max_inflight": limits.inFlight = try Self.limit(option.onlyArgument())
        case "state": stateFile = scope.path(try option.onlyArgument().text)
        default: return false
        }
        names.append(option.name)
        return true
    }

    /// Everything together, after the last option; throws where two of them contradict each other.
    func source(
        needs: APISource.Needs, objectSelector: String, namespaceSelector: String
    ) throws(CorefileError) -> RegistrySource {
        try refuseSecondChoice()
        if let manifests { return .manifests(try manifestSource(manifests)) }
        if let name = nameToken(of: "service_cidr") {
            throw name.refused("needs \"manifests\": in a cluster the API server gives out addresses; take it out")
        }
        if let name = nameToken(of: "tls"), nameToken(of: "endpoint") == nil {
            throw name.refused("needs \"endpoint\": a kubeconfig file and a cluster name their own; take it out")
        }
        var connection = connection
        if case .endpoint(let url, _) = connection {
            if let name = nameToken(of: "tls"), !url.hasPrefix("https:") {
                throw name.refused("needs an \"endpoint\" that starts with https://; correct one of the two")
            }
            connection = .endpoint(url: url, tls: tls)
        }
        return .api(
            APISource(
                connection: connection, objectSelector: objectSelector, namespaceSelector: namespaceSelector,
                needs: needs, limits: limits, stateFile: stateFile))
    }

    private func refuseSecondChoice() throws(CorefileError) {
        let chosen = names.filter { Self.choices.contains($0.text) }
        guard let first = chosen.first, let second = chosen.first(where: { $0.text != first.text }) else { return }
        throw second.refused(
            "cannot stand beside \"\(first.text)\" (\(first.position)): a registry has one source; keep one")
    }

    private func nameToken(of option: String) -> Token? { names.first { $0.text == option } }

    private func manifestSource(_ directory: String) throws(CorefileError) -> ManifestSource {
        for option in ["tls", "apiserver_qps", "apiserver_burst", "apiserver_max_inflight"] {
            if let name = nameToken(of: option) {
                throw name.refused("is about the Kubernetes API, which \"manifests\" replaces; keep one of the two")
            }
        }
        return ManifestSource(
            directory: directory, serviceRanges: ranges.isEmpty ? ManifestSource.defaultRanges : ranges,
            stateFile: stateFile)
    }

    private mutating func readRanges(_ option: Directive) throws(CorefileError) {
        try option.requireArgumentCount(1...)
        for argument in option.arguments { ranges.append(try argument.prefix()) }
    }

    private mutating func readKubeconfig(_ option: Directive, _ scope: BlockScope) throws(CorefileError) {
        try option.requireArgumentCount(1...2)
        let context = option.arguments.count > 1 ? option.arguments[1].text : nil
        connection = .kubeconfig(file: scope.path(option.arguments[0].text), context: context)
    }

    /// Takes the first of several URLs, as CoreDNS does (plugin/kubernetes, setup.go).
    private mutating func readEndpoint(_ option: Directive) throws(CorefileError) {
        try option.requireArgumentCount(1...)
        let url = option.arguments[0]
        let scheme = ["https://", "http://"].first { url.text.hasPrefix($0) }
        guard let scheme, url.text.count > scheme.count else {
            throw url.refused("is no URL of a server; expected for example \"https://192.0.2.1:6443\"")
        }
        if option.arguments.count > 1 {
            warnings.append(option.arguments[1].refused("is left out: only the first URL counts; take the others out"))
        }
        connection = .endpoint(url: url.text, tls: nil)
    }

    private mutating func readTLS(_ option: Directive, _ scope: BlockScope) throws(CorefileError) {
        try option.requireArgumentCount(3)
        let files = option.arguments.map { scope.path($0.text) }
        tls = APISource.TLSFiles(certificate: files[0], key: files[1], authority: files[2])
    }

    /// nil for 0, which stands for the default.
    private static func limit(_ token: Token) throws(CorefileError) -> Int? {
        let number = try token.integer(in: 0...limitMax)
        return number == 0 ? nil : number
    }

    /// As `limit`, with a fraction: one request every two seconds is `0.5`.
    private static func rate(_ token: Token) throws(CorefileError) -> Double? {
        let isDecimal = token.text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isDecimal, let number = Double(token.text), number <= Double(limitMax) else {
            throw token.refused("is no rate; expected requests a second, for example \"5\" or \"0.5\"")
        }
        return number == 0 ? nil : number
    }
}
