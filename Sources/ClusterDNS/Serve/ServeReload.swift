import Answering
import CLinux
import Corefile
import Logging
import Serving
import Supervision
import Synchronization

/// Takes a changed Corefile: validate, build beside, swap; a broken one leaves everything as it is.
///
/// To be asked by one task at a time: a reload waits in its midst, and two would open the same ports.
actor ServeReload {
    /// Files have settled when they are the same after this long; what changes on and on is taken as it is.
    private static let settlingTime = Duration.milliseconds(100)
    private static let settlingTurnCountMax = 10

    private let loader: ConfigurationLoader
    private let series: SeriesRegistry
    private let compiler: StateCompiler
    private let files: ServeRegistryFiles
    private let registries: ServeRegistries
    private let hosts: ServeHosts
    private let zoneFiles: ServeZoneFiles
    private let secondaries: ServeSecondaries
    private let upstreams: ServeUpstreams
    private let network: NodeNetworkKeeper
    private let listeners: ServeListeners
    private let admin: ServeAdmin
    private let metrics: ServeMetrics
    private let logger: Logger
    private var fingerprint: ConfigurationFingerprint
    /// The fingerprint of a Corefile that was refused: it is not tried again until it changes.
    private var refused: ConfigurationFingerprint?

    init(
        loader: ConfigurationLoader, series: SeriesRegistry, compiler: StateCompiler, files: ServeRegistryFiles,
        registries: ServeRegistries, hosts: ServeHosts, zoneFiles: ServeZoneFiles, secondaries: ServeSecondaries,
        upstreams: ServeUpstreams, network: NodeNetworkKeeper, listeners: ServeListeners, admin: ServeAdmin,
        metrics: ServeMetrics, logger: Logger,
        fingerprint: ConfigurationFingerprint
    ) {
        self.loader = loader
        self.series = series
        self.compiler = compiler
        self.files = files
        self.registries = registries
        self.hosts = hosts
        self.zoneFiles = zoneFiles
        self.secondaries = secondaries
        self.upstreams = upstreams
        self.network = network
        self.listeners = listeners
        self.admin = admin
        self.metrics = metrics
        self.logger = logger
        self.fingerprint = fingerprint
    }

    /// Reloads if any file of the configuration differs from what is served.
    ///
    /// Files that are still being written, a certificate whose key comes next, are waited for.
    func reloadIfChanged() async {
        var now = ConfigurationFingerprint(loader: loader)
        guard now != fingerprint, now != refused else { return }
        for _ in 0..<Self.settlingTurnCountMax {
            try? await Task.sleep(for: Self.settlingTime)
            let next = ConfigurationFingerprint(loader: loader)
            if next == now { break }
            now = next
        }
        await reload(now)
    }

    /// Reloads whether or not a file changed (SIGHUP, SIGUSR1).
    func reload() async { await reload(ConfigurationFingerprint(loader: loader)) }

    private func reload(_ now: ConfigurationFingerprint) async {
        logger.info("Reloading")
        listeners.status.notify(.reloading)
        defer { listeners.status.notify(.ready) }
        do {
            let configuration = try loader.load(series: series)
            for warning in configuration.warnings { logger.warning("\(warning)") }
            try await applyOnNode(configuration)
            fingerprint = now
            refused = nil
            metrics.noteConfiguration(now)
            listeners.status.noteReload(failure: nil)
            logger.info("Reloading complete")
        } catch {
            refused = now
            metrics.countFailedReload()
            listeners.status.noteReload(failure: "\(error)")
            logger.error("Reloading failed, and the configuration before it goes on: \(error)")
        }
        // A configuration is made beside the one before it: pages that only one of the two needed go back, or the
        // heap stays as large as the two ever were together. Threads that answer do not allocate, so do not wait.
        clinux_trim_heap()
    }

    /// Has the addresses on the node before ports are opened there, and takes back what a refused configuration wanted.
    private func applyOnNode(_ configuration: ServerConfiguration) async throws {
        do {
            try await network.prepare(configuration)
            try await apply(configuration)
        } catch {
            await network.settle(listeners.publisher.state.configuration)
            throw error
        }
        await network.settle(configuration)
    }

    /// Servers and ports first, since they can be refused; then what the new registries hold; then the swap; then what is gone.
    private func apply(_ configuration: ServerConfiguration) async throws {
        let old = Set(listeners.publisher.state.configuration.registries.map(\.source))
        let sources = Set(configuration.registries.map(\.source))
        try await registries.prepare(sources)
        let ports = try await listeners.bind(configuration)
        // Two feeds must not write one registry file: the old one ends first, and its last answers stay meanwhile.
        let kept = old.filter { source in
            sources.contains(source) || source.stateFile == nil
                || !sources.contains { $0.stateFile == source.stateFile }
        }
        await registries.follow(kept, findings: [:])
        let findings = files.open(for: sources.union(kept))
        await compiler.expect(sources, marks: files.marks)
        await registries.follow(sources.union(kept), findings: findings)
        await waitForFirstView(sources, configuration)
        await hosts.refresh(configuration.hosts)
        await zoneFiles.follow(configuration.zoneSets, keepsDifferences: configuration.hasTransfers)
        await upstreams.prepare(configuration)
        await compiler.apply(configuration)
        await secondaries.refresh(configuration.zoneSets, keepsDifferences: configuration.hasTransfers)
        await upstreams.refresh()
        await listeners.run(ports, of: configuration)
        await registries.follow(sources, findings: [:])
        _ = files.open(for: sources)
        await admin.open(configuration)
    }

    /// A registry that does not get complete in time is served as a server that starts would: SERVFAIL for the unknown.
    private func waitForFirstView(_ sources: Set<RegistrySource>, _ configuration: ServerConfiguration) async {
        let deadline = ContinuousClock.now + configuration.startupTimeout
        while await !compiler.isComplete(sources), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// The content of a Corefile and all it imports, and of its certificates, as one number: a reload is due when it differs.
struct ConfigurationFingerprint: Hashable, Sendable {
    /// FNV-1a over names and contents; the basis of FNV where no file can be read.
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init(loader: ConfigurationLoader) {
        let recorder = RecordingLoader(loader.reader)
        let configuration = try? loader.load(loader: recorder)
        for file in configuration?.certificateFiles ?? [] { recorder.record(file) }
        for file in configuration?.secretFiles ?? [] { recorder.record(file) }
        for octet in recorder.octets { value = (value ^ UInt64(octet)) &* 0x0000_0100_0000_01b3 }
    }

    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Reads as another loader does and keeps what it read.
private final class RecordingLoader: CorefileLoader {
    private let disk: any CorefileLoader & Sendable
    private let read = Mutex<[UInt8]>([])

    init(_ disk: any CorefileLoader & Sendable) { self.disk = disk }

    var octets: [UInt8] { read.withLock { $0 } }

    func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] {
        let contents = try disk.contents(of: path, limit: limit)
        read.withLock { $0 += Array(path.utf8) + [0] + contents + [0] }
        return contents
    }

    /// Takes the contents of one more file; one that cannot be read counts as empty.
    func record(_ path: String) { _ = try? contents(of: path, limit: ServeTLS.octetCountMax) }

    func files(matching pattern: String) -> [String] { disk.files(matching: pattern) }
    func environmentVariable(_ name: String) -> String? { disk.environmentVariable(name) }

    func words(forPlaceholder name: String) throws(CorefileLoadFailure) -> [String] {
        let words = try disk.words(forPlaceholder: name)
        read.withLock { $0 += Array((name + " " + words.joined(separator: " ")).utf8) + [0] }
        return words
    }
}
