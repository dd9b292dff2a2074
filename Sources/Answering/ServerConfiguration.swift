package import Corefile
package import DNSWire
import NetworkAddress
package import TSIG

/// A Corefile turned into what can serve: blocks with their chains, and which block answers what where.
package struct ServerConfiguration: Sendable {
    /// One server block; a class, so that a query holds it without copying it.
    package final class Block: Sendable {
        package let settings: BlockSettings
        let traits: Traits
        let response: ResponseSettings
        /// nil: class CH is refused.
        let chaos: ChaosAnswers?
        let log: [LogRule]
        package let plugins: [any Plugin]
        /// nil: nothing is signed.
        package let dnssec: DNSSECPlugin?
        /// Classes other than IN that a `rewrite` line is about, and where that plugin stands.
        private let rewrittenClasses: [RRClass]
        private let rewritePlace: Int
        /// The plugins' places in `DirectiveOrder.answeringPlugins`, for the metrics.
        package let pluginIndices: [UInt8]
        package let zones: [Name]
        /// Directive names, for `coredns_plugin_enabled`.
        package let directives: [String]
        package let position: SourcePosition

        init(
            settings: BlockSettings, plugins: [any Plugin], zones: [Name], directives: [String],
            position: SourcePosition
        ) {
            let answering = DirectiveOrder.answeringPlugins
            self.settings = settings
            response = settings.response
            chaos = settings.chaos
            traits = Traits(settings)
            log = settings.log
            self.plugins = plugins
            dnssec = plugins.lazy.compactMap { $0 as? DNSSECPlugin }.first
            rewritePlace = plugins.firstIndex { $0 is RewritePlugin } ?? 0
            rewrittenClasses = plugins.lazy.compactMap { $0 as? RewritePlugin }.first?.classes ?? []
            pluginIndices = plugins.map { UInt8(answering.firstIndex(of: type(of: $0).directive) ?? 0) }
            self.zones = zones
            self.directives = directives
            self.position = position
        }

        /// Where in the chain questions of a class other than IN start; nil: they are refused.
        fileprivate func firstPlugin(forOther qclass: RRClass) -> Int? {
            rewrittenClasses.contains(qclass) ? rewritePlace : nil
        }
    }

    /// What every query asks of its block: bare numbers, so that nothing is counted as used.
    struct Traits: BitwiseCopyable, Sendable {
        /// The largest UDP response: 512-4096.
        let bufsize: Int
        let rotatesAddresses: Bool
        /// What has to be done to a response before it is written.
        let shape: ResponseShape
        let logsErrors: Bool
        /// RA for responses, where the block can forward.
        let recursionFlag: UInt16
        /// What any rule of `log` asks for: most answers are none of it.
        let loggedClasses: LogRule.Classes

        init(_ settings: BlockSettings) {
            bufsize = settings.bufsize
            rotatesAddresses = settings.rotatesAddresses
            shape = settings.response != .none ? .full : settings.rotatesAddresses ? .rotated : .none
            logsErrors = settings.logsErrors
            recursionFlag = settings.canForward ? Query.Flag.recursionAvailable : 0
            loggedClasses = settings.log.reduce([]) { $0.union($1.classes) }
        }
    }

    /// A zone of a block at one listen address; a class, as the block is.
    package final class Route: Sendable {
        package let zone: NameSuffix
        package let block: Block
        /// Those of the block.
        let traits: Traits
        /// The block's place in `blocks`.
        package let blockIndex: Int
        /// Where queries that take this route are counted.
        package let series: Int

        init(zone: NameSuffix, block: Block, blockIndex: Int, series: Int) {
            self.zone = zone
            self.block = block
            traits = block.traits
            self.blockIndex = blockIndex
            self.series = series
        }

        /// Where in the block's chain questions of a class start; nil: they are refused.
        func firstPlugin(for qclass: RRClass) -> Int? { qclass == .internet ? 0 : block.firstPlugin(forOther: qclass) }
    }

    /// Everything answered at one listen address.
    package struct Listener: Sendable {
        package let address: ListenAddress
        /// The longest zone first.
        package let routes: [Route]
        /// Counts queries that no route takes.
        package let droppedSeries: Int
        package let settings: ListenerSettings
    }

    package let blocks: [Block]
    package let listeners: [Listener]
    package let registries: [RegistryDefinition]
    package let hosts: [HostsDefinition]
    package let forwards: [ForwardDefinition]
    package let zoneSets: [ZoneSetDefinition]
    /// Whether anybody may have whole zones.
    package let hasTransfers: Bool
    /// Whether NOTIFY is for anybody.
    let hasSecondaries: Bool
    /// What messages may be signed with.
    package let keyring: TSIGKeyring
    package let warnings: [CorefileError]

    /// Applies every directive in the order of the chain; throws at the first that is refused.
    ///
    /// `directory` is where relative paths start. Two blocks for one zone at one address are an error.
    package init(
        _ corefile: Corefile, directory: String, environment: ConfigurationEnvironment, series: SeriesRegistry
    ) throws(CorefileError) {
        var builder = ConfigurationBuilder(directory: directory, environment: environment)
        for block in corefile.serverBlocks { try builder.add(block) }
        blocks = builder.blocks
        listeners = try builder.listeners(series)
        registries = builder.registries
        hosts = builder.hosts
        forwards = builder.forwards
        zoneSets = builder.zoneSets
        keyring = builder.keyring
        hasTransfers = builder.blocks.contains { $0.plugins.contains { $0 is TransferPlugin } }
        hasSecondaries = builder.zoneSets.contains { if case .secondary = $0.source { true } else { false } }
        warnings = builder.warnings
    }

    package func listener(_ address: ListenAddress) -> Listener? { listeners.first { $0.address == address } }

    /// The one `reload` in force: the first block's that has one.
    package var reload: ReloadSettings? { blocks.lazy.compactMap(\.settings.reload).first }
    /// How long the ports stay closed while a registry is not complete, or a zone was not looked for.
    package var startupTimeout: Duration {
        max(registries.map(\.startupTimeout).max() ?? .zero, zoneSets.isEmpty ? .zero : Self.zonesTimeout)
    }
    /// As long as registries have unless they say otherwise.
    private static let zonesTimeout = Duration.seconds(5)
    /// Files of keys.
    package var secretFiles: [String] { blocks.flatMap(\.settings.secretFiles) }
    package var lameduck: Duration { blocks.lazy.compactMap(\.settings.health?.lameduck).max() ?? .zero }
}

private struct ConfigurationBuilder {
    let directory: String
    let environment: ConfigurationEnvironment
    var blocks: [ServerConfiguration.Block] = []
    var keys: [[ServerBlockKey]] = []
    var registries: [RegistryDefinition] = []
    var hosts: [HostsDefinition] = []
    var forwards: [ForwardDefinition] = []
    var zoneSets: [ZoneSetDefinition] = []
    var keyring = TSIGKeyring()
    var warnings: [CorefileError] = []

    init(directory: String, environment: ConfigurationEnvironment) {
        self.directory = directory
        self.environment = environment
    }

    mutating func add(_ block: ServerBlock) throws(CorefileError) {
        try block.requireServedSchemes()
        var scope = BlockScope(
            zones: block.zones, directives: block.directives, registries: registries, hosts: hosts,
            forwards: forwards, zoneSets: zoneSets, keyring: keyring, warnings: [], environment: environment,
            directory: directory)
        let plugins = try apply(block.directives, to: &scope)
        try block.checkCertificate(&scope)
        var names: [Name] = []
        for zone in block.zones { names.append(try scope.name(zone, at: Token(text: zone, position: block.position))) }
        blocks.append(
            .init(
                settings: scope.settings, plugins: plugins, zones: names,
                directives: Array(Set(block.directives.map(\.name.text))).sorted(), position: block.position))
        keys.append(block.keys)
        (registries, hosts, forwards) = (scope.registries, scope.hosts, scope.forwards)
        (zoneSets, keyring) = (scope.zoneSets, scope.keyring)
        warnings += scope.warnings
    }

    private func apply(_ directives: [Directive], to scope: inout BlockScope) throws(CorefileError) -> [any Plugin] {
        var ordered: [(index: Int, directive: Directive, entry: DirectiveOrder.Entry)] = []
        for directive in directives {
            let (index, entry) = try DirectiveOrder.entry(for: directive.name)
            ordered.append((index, directive, entry))
        }
        // A stable order: directives of one kind stay as the file has them.
        let sorted = ordered.enumerated().sorted { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }
        var plugins: [any Plugin] = []
        for (_, item) in sorted {
            switch item.entry {
            case .setting(let setting): try setting.apply(item.directive, to: &scope)
            case .plugin(let type):
                let plugin = try type.init(item.directive, in: &scope)
                if type.joinsLines, let last = plugins.last, Swift.type(of: last) == type { plugins.removeLast() }
                plugins.append(plugin)
            case .foreign(_, let remedy): throw item.directive.refused(remedy)
            case .ignored(_, let instead): scope.warnings.append(item.directive.refused(instead))
            }
        }
        return plugins
    }

    func listeners(_ series: SeriesRegistry) throws(CorefileError) -> [ServerConfiguration.Listener] {
        var routes: [ListenAddress: [ServerConfiguration.Route]] = [:]
        for (index, block) in blocks.enumerated() {
            for key in keys[index] {
                for address in listenAddresses(block.settings, key) {
                    try add(key, block: index, at: address, to: &routes, series)
                }
            }
        }
        var listeners: [ServerConfiguration.Listener] = []
        for address in routes.keys.sorted() {
            let own = routes[address] ?? []
            listeners.append(
                ServerConfiguration.Listener(
                    address: address, routes: own.sorted { $0.zone.labelCount > $1.zone.labelCount },
                    droppedSeries: series.index(server: address.description, zone: "dropped"),
                    settings: try ListenerSettings(at: address, of: own.map(\.block))))
        }
        try ServerConfiguration.refuseSharedPorts(listeners)
        return listeners
    }

    private func add(
        _ key: ServerBlockKey, block: Int, at address: ListenAddress,
        to routes: inout [ListenAddress: [ServerConfiguration.Route]], _ series: SeriesRegistry
    ) throws(CorefileError) {
        let zone = NameSuffix((try? Name(key.zone)) ?? .root)
        if let other = routes[address]?.first(where: { $0.zone == zone }) {
            throw CorefileError(
                at: key.position,
                "\"\(key.text)\" at \(address) belongs to the block at \(other.block.position) already; remove one"
            )
        }
        let index = series.index(server: address.description, zone: key.zone)
        routes[address, default: []].append(
            ServerConfiguration.Route(zone: zone, block: blocks[block], blockIndex: block, series: index))
    }

    private func listenAddresses(_ settings: BlockSettings, _ key: ServerBlockKey) -> [ListenAddress] {
        guard !settings.bind.isEmpty else { return [ListenAddress(scheme: key.scheme, address: nil, port: key.port)] }
        let excluded = Set(settings.bindExceptions.flatMap { $0.addresses(environment) })
        let addresses = settings.bind.flatMap { $0.addresses(environment) }.filter { !excluded.contains($0) }
        // The unspecified address is every address: one socket serves both families.
        return Set(addresses.map { $0.isUnspecified ? nil : $0 })
            .map { ListenAddress(scheme: key.scheme, address: $0, port: key.port) }
    }
}
