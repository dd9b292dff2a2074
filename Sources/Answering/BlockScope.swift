package import ClusterModel
package import ClusterZone
package import Corefile
package import DNSWire
package import DNSZone
import Glibc
package import NetworkAddress
package import TSIG

/// A zone over a registry as one `kubernetes` directive describes it; equal directives in two blocks share one.
package struct RegistryDefinition: Hashable, Sendable {
    package var source: RegistrySource
    package var options: ClusterZoneOptions
    package var filter: RegistryFilter
    /// How long the port stays closed while no complete view exists.
    package var startupTimeout: Duration
}

/// A `hosts` directive: the file to read besides its inline entries, and how to answer from them.
package struct HostsDefinition: Hashable, Sendable {
    /// nil where only inline entries count.
    package var file: String?
    package var inline: [HostsEntry]
    package var ttl: UInt32
    package var answersReverse: Bool
    /// Names elsewhere are nobody's here.
    package var zones: [Name]
    /// Zero: never read again.
    package var reloadInterval: Duration
}

/// What the setting directives of a server block say.
package struct BlockSettings: Sendable {
    package var bind: [BindTarget] = []
    /// The first `bind`.
    package var bindPosition: SourcePosition?
    package var bindExceptions: [BindTarget] = []
    package var root = ""
    package var logsErrors = false
    package var errorRules: [ErrorRule] = []
    package var log: [LogRule] = []
    /// nil: no health page.
    package var health: HealthSettings?
    package var ready: HostAndPort?
    package var prometheus: HostAndPort?
    package var rotatesAddresses = false
    package var response = ResponseSettings.none
    /// nil: class CH is refused.
    package var chaos: ChaosAnswers?
    package var reload: ReloadSettings?
    /// The largest UDP response: 512-4096.
    package var bufsize = 1232
    /// nil: `forward` keeps failures alone.
    package var cache: CacheSettings?
    package var detectsLoops = false
    /// A `forward` stands in the block, so that responses may say RA.
    package var canForward = false
    package var tls: TLSSettings?
    /// Files of keys, of `tsig`.
    package var secretFiles: [String] = []
    package var timeouts = TimeoutSettings()
    /// Sockets over UDP at each address; nil for as many as the process has cores.
    package var socketCount: Int?
}

/// What a directive sees and changes while its server block is put together.
package struct BlockScope {
    package let zones: [String]
    /// All of the block, in the order of the file.
    package let directives: [Directive]
    package var settings = BlockSettings()
    package var registries: [RegistryDefinition]
    package var hosts: [HostsDefinition]
    package var forwards: [ForwardDefinition]
    package var zoneSets: [ZoneSetDefinition]
    /// The keys so far.
    package var keyring: TSIGKeyring
    package var warnings: [CorefileError]
    /// The `rewrite` lines so far.
    var rewrites: [RewriteRule] = []
    /// The `acl` directives so far.
    var accessLists: [AccessList] = []
    /// The rules of `transfer` so far.
    var transferRules: [TransferRule] = []
    package let environment: ConfigurationEnvironment
    /// The directory of the Corefile: relative paths start there, or at `root`.
    package let directory: String

    /// The addresses queries reach this block at, loopback only where there is no other: `ns.dns` of its zones.
    var serverAddresses: [IPAddress] {
        let excluded = Set(settings.bindExceptions.flatMap { $0.addresses(environment) })
        var bound = settings.bind.flatMap { $0.addresses(environment) }.filter { !excluded.contains($0) }
        if bound.isEmpty || bound.contains(where: \.isUnspecified) {
            bound = environment.interfaces.values.flatMap(\.self)
        }
        let all = Set(bound.filter { !$0.isUnspecified && !$0.isLinkLocal }).sorted()
        let reachable = all.filter { !$0.isLoopback }
        return reachable.isEmpty ? all : reachable
    }

    /// Refuses the second of two directives of which a block can have one.
    func refuseSecond(_ directive: Directive) throws(CorefileError) {
        guard let first = directives.first(where: { $0.name.text == directive.name.text }),
            first.name.position != directive.name.position
        else { return }
        throw directive.refused("stands in this block already (\(first.name.position)); keep one of them")
    }

    /// The index of an equal definition, added where there is none.
    ///
    /// Definitions that read one Kubernetes API in the same way share a source, which then gives what all of them need.
    mutating func index(of registry: RegistryDefinition) -> Int {
        var registry = registry
        for other in registries { registry.source = other.source.merged(with: registry.source) ?? registry.source }
        for index in registries.indices where registries[index].source.merged(with: registry.source) != nil {
            registries[index].source = registry.source
        }
        return Self.index(of: registry, in: &registries)
    }

    mutating func index(of hosts: HostsDefinition) -> Int { Self.index(of: hosts, in: &self.hosts) }

    mutating func index(of forward: ForwardDefinition) -> Int { Self.index(of: forward, in: &forwards) }

    mutating func index(of zones: ZoneSetDefinition) -> Int { Self.index(of: zones, in: &zoneSets) }

    private static func index<Definition: Equatable>(of definition: Definition, in list: inout [Definition]) -> Int {
        if let index = list.firstIndex(of: definition) { return index }
        list.append(definition)
        return list.count - 1
    }

    /// Resolves a path as the directives mean it: below `root`, else beside the Corefile.
    func path(_ text: String) -> String {
        if text.hasPrefix("/") { return text }
        let base = settings.root.isEmpty ? directory : settings.root
        return base.isEmpty || base == "." ? text : base + "/" + text
    }
}

/// What the machine contributes to a configuration.
package struct ConfigurationEnvironment: Sendable {
    /// Addresses by interface name.
    package var interfaces: [String: [IPAddress]]
    /// Whether a file is there and can be read; directives that need one say so when they are loaded.
    package var fileExists: @Sendable (String) -> Bool
    /// A small file whole; nil where it cannot be read.
    package var readFile: @Sendable (String) -> [UInt8]?
    /// A small file that nobody but its owner may read, whole.
    package var readSecret: @Sendable (String) -> Result<[UInt8], RecordFault>
    /// Reads one record in presentation format to its wire form, names written out; what libldns does.
    package var readRecord: RecordReader
    /// Reads a key pair by the path of either file or of both without their ending, or all pairs of a directory.
    package var readKeys: KeyReader
    /// The time of day: seconds since 1970 (UTC).
    package var wallClock: @Sendable () -> Int64
    /// What `nsid` and `chaos` call this server where the Corefile gives no other name.
    package var hostName: String
    /// What `chaos` says the program is.
    package var program: String
    /// How long `secondary` answers from a copy that no primary confirms; nil: as the zone's SOA says.
    package var copyExpiry: Duration?

    package typealias RecordReader = @Sendable (String) -> Result<[UInt8], RecordFault>
    package typealias KeyReader = @Sendable (_ path: String, _ isDirectory: Bool) -> Result<KeyFiles, RecordFault>

    package init(
        interfaces: [String: [IPAddress]] = [:], fileExists: @escaping @Sendable (String) -> Bool = { _ in true },
        readFile: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        readSecret: @escaping @Sendable (String) -> Result<[UInt8], RecordFault> = { _ in
            .failure(RecordFault(reason: "nothing reads secrets here"))
        },
        readRecord: @escaping RecordReader = { _ in .failure(RecordFault(reason: "nothing reads records here")) },
        readKeys: @escaping KeyReader = { _, _ in .failure(RecordFault(reason: "nothing reads keys here")) },
        wallClock: @escaping @Sendable () -> Int64 = { Int64(time(nil)) },
        hostName: String = "localhost", program: String = "clusterdns"
    ) {
        self.interfaces = interfaces
        self.fileExists = fileExists
        self.readFile = readFile
        self.readSecret = readSecret
        self.readRecord = readRecord
        self.readKeys = readKeys
        self.wallClock = wallClock
        self.hostName = hostName
        self.program = program
    }
}

/// Keys of zones, and the files that they were read from.
package struct KeyFiles: Sendable {
    package var keys: [SigningKey]
    package var files: [String]

    package init(keys: [SigningKey], files: [String]) {
        self.keys = keys
        self.files = files
    }
}

/// Why a text is no record, or a file of no use, in a few words.
package struct RecordFault: Error, Hashable, Sendable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}
