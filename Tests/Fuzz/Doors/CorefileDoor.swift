import Answering
import Corefile
import DNSTesting
import DNSWire
import NetworkAddress
import ZoneFiles

/// A Corefile, read to a configuration and put to use; its `import` finds two other files and itself.
struct CorefileDoor: Door {
    static let name = "corefile"

    private static let queries = [
        QueryOctets("a.example.org", .a, edns: .init()), QueryOctets("kubernetes.default.svc.cluster.local", .a),
        QueryOctets("localhost", .any),
    ]

    func take(_ input: RawSpan) throws(Broken) {
        let octets = input.array
        let read = Result { () throws(CorefileError) in
            let corefile = try Corefile.parse(file: "Corefile", loader: FuzzFiles(corefile: octets))
            return try ServerConfiguration(
                corefile, directory: "etc", environment: .testing, series: SeriesRegistry())
        }
        switch read {
        case .success(let configuration): try ask(configuration)
        case .failure(let error): try judge(error, octets)
        }
    }
}

extension CorefileDoor {
    /// An error is one line, and stands at a place that the file has.
    private func judge(_ error: CorefileError, _ octets: [UInt8]) throws(Broken) {
        try require(!error.message.isEmpty && !error.message.contains("\n"), "no line: \(error.message)")
        guard error.position.file == "Corefile" else { return }
        let lineCount = octets.count { $0 == 0x0A } + 1
        try require((1...lineCount).contains(error.position.line) && error.position.column > 0, "nowhere: \(error)")
    }

    private func ask(_ configuration: ServerConfiguration) throws(Broken) {
        let zones = configuration.registries.map { FuzzRegistry.zone($0) }
        let hosts = configuration.hosts.map { HostsTable(inline: $0) }
        let state = ServingState(generation: 1, configuration: configuration, zones: zones, hosts: hosts)
        for listener in configuration.listeners.prefix(2) {
            let server = AskedServer(Answerer(listen: listener.address, state: state))
            for query in Self.queries {
                let octets = query.octets
                let client = QueryClient(transport: .udp, address: IPAddress(ipv4: 0xC000_0201), port: 4711)
                let reply = server.ask(octets.rawSpan, client, letsTimePass: false)
                _ = try ReplyJudge.judge(reply, to: octets.rawSpan, isTCP: false, octetCountMax: 4096)
            }
        }
    }
}

/// The files a fuzzed Corefile can import.
private struct FuzzFiles: CorefileLoader {
    var corefile: [UInt8]

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        switch path {
        case "Corefile": return corefile
        case "part": return Array("errors\nlog\nhosts {\n192.0.2.1 a.example.org\n}\n".utf8)
        case "snippet": return Array("(common) {\ncache {args[0]}\n}\nimport part\n".utf8)
        default: throw CorefileLoadFailure(reason: "no such file")
        }
    }

    func files(matching pattern: String) -> [String] {
        pattern.contains("*") ? ["Corefile", "part", "snippet"].filter { $0.first == pattern.first } : []
    }

    func environmentVariable(_ name: String) -> String? { name == "ZONE" ? "example.org" : nil }
    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        name.contains("LOCAL") ? ["169.254.20.10"] : []
    }
}
