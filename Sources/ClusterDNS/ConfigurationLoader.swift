import Answering
import Corefile
import Glibc
import NetworkAddress
import Serving
import ZoneFiles

/// From the path of a Corefile to the configuration it describes, on this machine.
struct ConfigurationLoader {
    /// Where a Corefile is looked for when none is named: the first that is there, relative to the working directory.
    static let defaultFiles = ["Corefile", "Zones/Corefile"]

    /// Octets of a file that a directive reads when it is loaded, as resolv.conf; what is behind is left out.
    private static let smallFileOctetCountMax = 1 << 16

    let file: String
    /// Replaces 53 for keys of server blocks that name no port (`-dns.port`).
    var defaultPort: UInt16?
    /// Addresses by interface name, for `bind`.
    var interfaces: [String: [IPAddress]]
    /// How long copies of zones are answered from, where the Corefile does not say.
    var copyExpiry: Duration?
    /// What files are read with.
    var reader: any CorefileLoader & Sendable = DiskCorefileLoader()

    init(file: String, defaultPort: UInt16? = nil, interfaces: [String: [IPAddress]] = LocalInterfaces.addresses()) {
        self.file = file
        self.defaultPort = defaultPort
        self.interfaces = interfaces
    }

    /// The first default file that can be read; nil where there is none.
    static func defaultFile(_ loader: some CorefileLoader = DiskCorefileLoader()) -> String? {
        defaultFiles.first { (try? loader.contents(of: $0, limit: 0)) != nil }
    }

    /// Reads the file and all it imports; throws at the first thing refused, with its place.
    ///
    /// `series` numbers the counters; a reload passes the same registry again. `loader` reads in place of `reader`.
    func load(
        series: SeriesRegistry = SeriesRegistry(), loader: (any CorefileLoader)? = nil
    ) throws(CorefileError) -> ServerConfiguration {
        let loader = loader ?? reader
        let corefile = try Corefile.parse(file: file, loader: loader, defaultPort: defaultPort)
        var environment = ConfigurationEnvironment(
            interfaces: interfaces, fileExists: DiskCorefileLoader.isReadable,
            readFile: { try? DiskCorefileLoader().contents(of: $0, limit: Self.smallFileOctetCountMax) },
            readSecret: Self.readSecret, readRecord: Self.readRecord, readKeys: ZoneKeyFiles.read,
            wallClock: { WallClock.now }, hostName: Self.hostName(), program: "clusterdns-\(Version.text)")
        environment.copyExpiry = copyExpiry
        return try ServerConfiguration(
            corefile, directory: Self.directory(of: file), environment: environment, series: series)
    }

    @Sendable private static func readSecret(_ file: String) -> Result<[UInt8], RecordFault> {
        if let problem = KeyFile.privateProblem(file) { return .failure(RecordFault(reason: problem)) }
        do throws(CorefileLoadFailure) {
            return .success(try DiskCorefileLoader().contents(of: file, limit: smallFileOctetCountMax))
        } catch {
            return .failure(RecordFault(reason: "\(file) cannot be read (\(error.reason))"))
        }
    }

    @Sendable private static func readRecord(_ text: String) -> Result<[UInt8], RecordFault> {
        do throws(LDNSError) {
            return .success(try LDNSRecord.wire(text))
        } catch {
            return .failure(RecordFault(reason: error.reason))
        }
    }

    /// As gethostname(2) says it; `localhost` where it does not.
    private static func hostName() -> String {
        var octets = [CChar](repeating: 0, count: 256)
        // SAFETY: at most one octet less than the array has is written, so the name ends with a 0.
        let result = unsafe gethostname(&octets, octets.count - 1)
        let name = String(decoding: octets.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return result == 0 && !name.isEmpty ? name : "localhost"
    }

    /// The directory that relative paths of the directives start at.
    static func directory(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
