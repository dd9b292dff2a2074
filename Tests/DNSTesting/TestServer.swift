package import Answering
import ClusterModel
import ClusterZone
package import Corefile
package import DNSWire
import DNSZone
import NetworkAddress
import ZoneFiles

/// A whole server without sockets: a Corefile and a registry behind one `Answerer`; every reply is judged by libldns.
package final class TestServer {
    package let configuration: ServerConfiguration
    package let series: SeriesRegistry
    package var answerer: Answerer
    /// Who asks, unless a test says otherwise.
    package var client = "192.0.2.1"
    private var state: ServingState
    private var store = ClusterStore()
    /// Answers what is forwarded, at once; without one a forwarded query gets silence.
    package var upstream: ((UpstreamQuestion) -> DNSMessage)?
    /// The questions that went to `upstream`, in their order.
    package private(set) var asked: [UpstreamQuestion] = []
    /// The monotonic clock in nanoseconds that queries are answered at.
    package var now: UInt64 = 1_000_000_000_000
    private var buffer = [UInt8](repeating: 0xEE, count: Answerer.tcpOctetCountMax)

    /// The block most tests ask: the zone `cluster.local` with the reverse zones of both families.
    package static func cluster(_ options: String = "") -> String {
        """
        . {
            kubernetes cluster.local in-addr.arpa ip6.arpa {
                manifests services
                \(options.split(separator: "\n").joined(separator: "\n        "))
            }
        }
        """
    }

    /// `isComplete` false: the registry has not been read yet, and answers know nothing.
    ///
    /// `zoneFiles` are master files by their path; a file that is missing here is one that was never read.
    package init(
        _ corefile: String = TestServer.cluster(), registry: String = "", serverAddresses: [String] = [],
        isComplete: Bool = true, zoneFiles: [String: String] = [:], listen: ListenAddress? = nil,
        environment: ConfigurationEnvironment = .testing
    ) throws {
        let series = SeriesRegistry()
        let configuration = try Self.configuration(corefile, series: series, environment: environment)
        _ = store.apply(try RegistryText.changes(registry))
        let snapshot = store.snapshot
        let zones = configuration.registries.map { registry in
            var options = registry.options
            options.serverAddresses = serverAddresses.compactMap { IPAddress($0) }
            return isComplete
                ? ClusterZone(options: options, serial: 7, snapshot: snapshot, filter: registry.filter)
                : ClusterZone(options: options, serial: 7)
        }
        let hosts = configuration.hosts.map { HostsTable(inline: $0) }
        let zoneSets = try configuration.zoneSets.map { definition in
            guard case .file(let path) = definition.source, let text = zoneFiles[path] else {
                return ZoneSet(apexes: definition.zones)
            }
            var zones: [Name: Zone] = [:]
            for apex in definition.zones {
                let outcome = ZoneFile.read(text: Array(text.utf8), named: path, apex: apex)
                if let error = outcome.errors.first { throw error }
                zones[apex] = outcome.zone
            }
            return ZoneSet(apexes: definition.zones, zones: zones, wasTried: true)
        }
        state = ServingState(
            generation: 1, configuration: configuration, zones: zones, hosts: hosts, zoneSets: zoneSets)
        let address = listen ?? configuration.listeners.first?.address ?? ListenAddress(address: nil, port: 53)
        answerer = Answerer(listen: address, state: state)
        self.configuration = configuration
        self.series = series
    }

    /// Another worker of the same server.
    package func makeAnswerer() -> Answerer { Answerer(listen: answerer.listen, state: state) }

    /// Reads a Corefile whose name is `Corefile`.
    package static func configuration(
        _ text: String, series: SeriesRegistry = SeriesRegistry(),
        environment: ConfigurationEnvironment = .testing, directory: String = "etc"
    ) throws(CorefileError) -> ServerConfiguration {
        let corefile = try Corefile.parse(file: "Corefile", loader: OneFile(text: text))
        return try ServerConfiguration(corefile, directory: directory, environment: environment, series: series)
    }

    /// Asks by text: relative names lie in `cluster.local`, those with a final dot where they say.
    package func ask(
        _ name: String, _ type: RRType, edns: QueryOctets.OPT? = nil, over transport: QueryTransport = .udp
    ) throws -> Reply {
        let absolute = name.hasSuffix(".") ? name : name == "@" ? "cluster.local." : name + ".cluster.local."
        return try ask(QueryOctets(absolute, type, edns: edns), over: transport)
    }

    package func ask(_ query: QueryOctets, over transport: QueryTransport = .udp) throws -> Reply {
        let octets = send(query.octets, over: transport)
        return try Reply(octets, to: query, over: transport)
    }

    /// Whatever comes back for these octets; empty for silence.
    package func send(_ message: [UInt8], over transport: QueryTransport = .udp, from client: String? = nil)
        -> [UInt8]
    {
        let address = IPAddress(client ?? self.client) ?? IPAddress(ipv4: 0)
        let client = QueryClient(transport: transport, address: address, port: 4711)
        answerer.now = now
        answerer.found = []
        answerer.patience = .waits
        var count = answer(message, client)
        // As a resolver lane does it: ask what is missing, and answer again from the top.
        while let place = answerer.outcome.deferred, let need = answerer.needed, let upstream, asked.count < 1000 {
            asked.append(need)
            let group = answerer.state.forwards[place]
            guard let reply = UpstreamReply(upstream(need), to: need, caps: group.definition.cache) else { return [] }
            group.cache.store(reply.answer, for: need, now: now)
            answerer.found.append(FoundAnswer(group: group, question: need, answer: reply.answer))
            count = answer(message, client)
        }
        answerer.found = []
        return Array(buffer[..<count])
    }

    private func answer(_ message: [UInt8], _ client: QueryClient) -> Int {
        var out = buffer.mutableSpan
        // SAFETY: octets have no padding, so any may be read and written.
        return unsafe answerer.answer(message.rawSpan, from: client, into: out.mutableBytes)
    }
}

extension ConfigurationEnvironment {
    /// No interfaces, every file there, records read by libldns.
    package static let testing = ConfigurationEnvironment(readRecord: { text in
        do throws(LDNSError) {
            return .success(try LDNSRecord.wire(text))
        } catch {
            return .failure(RecordFault(reason: error.reason))
        }
    })
}

private struct OneFile: CorefileLoader {
    var text: String

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        guard path == "Corefile" else { throw CorefileLoadFailure(reason: "no such file") }
        return Array(text.utf8)
    }

    func files(matching pattern: String) -> [String] { [] }
    func environmentVariable(_ name: String) -> String? { nil }
}
