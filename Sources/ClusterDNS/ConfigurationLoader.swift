import Answering
import Corefile
import NetworkAddress
import Serving
import ZoneFiles

/// From the path of a Corefile to the configuration it describes, on this machine.
struct ConfigurationLoader {
    /// Where a Corefile is looked for when none is named: the first that is there, relative to the working directory.
    static let defaultFiles = ["Corefile", "Zones/Corefile"]

    let file: String
    /// Replaces 53 for keys of server blocks that name no port (`-dns.port`).
    var defaultPort: UInt16?
    /// Addresses by interface name, for `bind`.
    var interfaces: [String: [IPAddress]]

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
    /// `series` numbers the counters; a reload passes the same registry again.
    func load(
        series: SeriesRegistry = SeriesRegistry(), loader: some CorefileLoader = DiskCorefileLoader()
    ) throws(CorefileError) -> ServerConfiguration {
        let corefile = try Corefile.parse(file: file, loader: loader, defaultPort: defaultPort)
        return try ServerConfiguration(
            corefile, directory: Self.directory(of: file),
            environment: ConfigurationEnvironment(
                interfaces: interfaces, fileExists: { (try? DiskCorefileLoader().contents(of: $0, limit: 0)) != nil },
                readRecord: Self.readRecord),
            series: series)
    }

    @Sendable private static func readRecord(_ text: String) -> Result<[UInt8], RecordFault> {
        do throws(LDNSError) {
            return .success(try LDNSRecord.wire(text))
        } catch {
            return .failure(RecordFault(reason: error.reason))
        }
    }

    /// The directory that relative paths of the directives start at.
    static func directory(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
