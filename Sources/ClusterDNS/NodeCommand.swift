import ArgumentParser
import Corefile
import Logging
import NetworkAddress
import NodeNetwork

/// `clusterdns node`: serves as NodeLocal DNSCache does, with node-cache's flags (kubernetes/dns, cmd/node-cache/main.go).
struct NodeCommand: ConfinedCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Answer on this node, at addresses it adds itself.",
        discussion: """
            Takes node-cache's flags, with one dash or two. Without a Corefile it serves as NodeLocal DNSCache's says. What \
            it adds to the node goes with the last process that holds it, so two may overlap during an upgrade.
            """)

    @Option(
        name: .customLong("localip"), help: "The addresses to answer at, joined by commas; both families may be there.")
    var localAddresses = ""

    @Option(name: .customLong("basecorefile"), help: "The template; /etc/coredns/Corefile.base where that is there.")
    var baseCorefile: String?

    @Option(name: [.customLong("conf"), .customLong("corefile")], help: "The Corefile where there is no template.")
    var corefile: String?

    @Option(help: "The cluster's domain.")
    var domain = NodePlaceholders.defaultDomain

    @Option(
        name: .customLong("upstreamsvc"),
        help: "The Service whose clusterIP answers for the cluster; kube-dns-upstream, else kube-dns.")
    var upstreamService: String?

    @Option(
        name: .customLong("kubednscm"), help: "The directory of kube-dns' ConfigMap; /etc/kube-dns where that is there."
    )
    var kubeDNSDirectory: String?

    @Option(name: .customLong("interfacename"), help: "The link for the addresses, of type dummy; else they go to lo.")
    var link = NodeAddresses.defaultLink

    @Flag(name: .customLong("setupinterface"), inversion: .prefixedNo, help: "Add the addresses.")
    var setsUpLink = true

    @Flag(
        name: [.customLong("setupnftables"), .customLong("setupiptables")], inversion: .prefixedNo,
        help: "Keep queries to the addresses out of connection tracking, with nft.")
    var setsUpRules = true

    @Flag(name: .customLong("skipteardown"), help: "Leave addresses and rules when the process ends.")
    var leavesNetwork = false

    @Option(
        name: .customLong("metrics-listen-address"), help: "Where metrics of the setup are, beside those of prometheus."
    )
    var metricsAddress = "0.0.0.0:9353"

    @Option(name: .customLong("health-port"), help: "The port of /health in the Corefile that is built in.")
    var healthPort: UInt16 = 8080

    @Option(name: .customLong("syncinterval"), help: "Seconds between two looks at the rules.")
    var rulesInterval = "60"

    @Option(name: [.customLong("dns.port"), .customShort("p")], help: "The port of server blocks that name none.")
    var port: UInt16 = 53

    @Option(name: .customLong("pidfile"), help: "Where to write the process ID.")
    var pidFile: String?

    @Flag(name: .customLong("quiet"), help: "Log warnings and errors only.")
    var isQuiet = false

    @Flag(
        name: .customLong("share-port"), help: "Serve beside another clusterdns that holds the ports: for an upgrade.")
    var sharesPorts = false

    @Flag(name: .customLong("reloadwithsignal"), help: .hidden)
    var reloadsWithSignal = false

    @Flag(name: .customLong("setupebtables"), help: .hidden)
    var setsUpEbtables = false

    @OptionGroup var confinement: ConfinementOptions

    func confine() throws {
        let logger = ServeRuntime.logger(isQuiet: isQuiet)
        for warning in warnings { logger.warning("node: \(warning)") }
        // The published DaemonSet names one in a directory that an image need not have.
        if let pidFile { do { try PIDFile.write(pidFile) } catch { logger.warning("node: \(error)") } }
        var quiet = logger
        quiet.logLevel = .critical
        try server(logger: quiet).confine(confinement, logger: logger)
    }

    func run() async throws { try await server(logger: ServeRuntime.logger(isQuiet: isQuiet)).run() }

    private func server(logger: Logger) throws -> ServeRuntime {
        ServeRuntime(
            node: try options(), base: baseCorefile, conf: corefile, port: port, sharesPorts: sharesPorts,
            logger: logger)
    }

    /// Throws a sentence for the first flag that cannot be used.
    func options() throws(CommandFailure) -> NodeOptions {
        var options = NodeOptions()
        options.localAddresses = try Self.addresses(localAddresses)
        options.domain = domain
        options.upstreamService = upstreamService
        options.kubeDNSDirectory = kubeDNSDirectory ?? Self.defaultKubeDNSDirectory()
        options.link = try Self.link(link)
        options.setsUpLink = setsUpLink
        options.setsUpRules = setsUpRules
        options.leavesNetwork = leavesNetwork
        options.metricsAddress = metricsAddress.isEmpty ? nil : try Self.hostAndPort(metricsAddress)
        options.healthPort = healthPort
        options.rulesInterval = try Self.interval(rulesInterval)
        return options
    }

    /// Flags of node-cache that mean nothing here.
    private var warnings: [String] {
        (reloadsWithSignal ? ["-reloadwithsignal has no effect: a changed Corefile is taken as \"reload\" says"] : [])
            + (setsUpEbtables ? ["-setupebtables has no effect: there are no rules for bridges"] : [])
    }

    private static func addresses(_ text: String) throws(CommandFailure) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for part in text.split(separator: ",") {
            guard let address = IPAddress(part), !address.isUnspecified else {
                throw CommandFailure("-localip: \"\(part)\" is no address; write for example 169.254.20.10,fd00::10")
            }
            if !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }

    /// A name that the kernel would take (dev_valid_name).
    private static func link(_ name: String) throws(CommandFailure) -> String {
        let isValid =
            (1...15).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
        guard isValid else {
            throw CommandFailure(
                "-interfacename: \"\(name)\" is no name of an interface; write up to 15 letters and digits")
        }
        return name
    }

    private static func hostAndPort(_ text: String) throws(CommandFailure) -> HostAndPort {
        let token = Token(text: text, position: SourcePosition(file: "-metrics-listen-address", line: 1, column: 1))
        do { return try token.addressAndPort() } catch {
            throw CommandFailure("-metrics-listen-address: \(error.message)")
        }
    }

    /// `60` as in node-cache's documentation, or with the unit that Go's flag asks for: `60s`, `1m`.
    private static func interval(_ text: String) throws(CommandFailure) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        let units: [Substring: Int] = ["": 1, "ns": 1, "s": 1, "m": 60, "h": 3600]
        guard let count = Int(digits), let unit = units[text.dropFirst(digits.count)], (1...86_400).contains(count)
        else {
            throw CommandFailure("-syncinterval: \"\(text)\" is no time; write seconds, for example 60")
        }
        return .seconds(count * unit)
    }

    private static func defaultKubeDNSDirectory() -> String? {
        DiskCorefileLoader.isDirectory(NodeOptions.defaultKubeDNSDirectory) ? NodeOptions.defaultKubeDNSDirectory : nil
    }
}
