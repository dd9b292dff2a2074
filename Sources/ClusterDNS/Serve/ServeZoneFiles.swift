import Answering
import CLinux
import Logging

/// Reads the master files of `file` and `auto` when they change, each at its own interval, and hands their zones to the
/// compiler.
actor ServeZoneFiles {
    private let compiler: StateCompiler
    private let metrics: ServeMetrics
    private let logger: Logger
    private var definitions: [ZoneSetDefinition] = []
    private var keepsDifferences = false
    private var sources: [ZoneSetDefinition: ZoneFileSource] = [:]
    private var dueTimes: [ZoneSetDefinition: ContinuousClock.Instant] = [:]
    /// A large file takes longer to read than the next look is away.
    private var isLooking = false

    init(compiler: StateCompiler, metrics: ServeMetrics, logger: Logger) {
        self.compiler = compiler
        self.metrics = metrics
        self.logger = logger
    }

    /// Reads the files of `definitions` that are new, and forgets all others; differences are kept where somebody may have
    /// them.
    func follow(_ definitions: [ZoneSetDefinition], keepsDifferences: Bool) async {
        self.keepsDifferences = keepsDifferences
        self.definitions = definitions.filter(\.isOfFiles)
        await refresh()
    }

    /// Reads every file that is due and changed.
    func refresh() async {
        while isLooking { try? await Task.sleep(for: .milliseconds(20)) }
        isLooking = true
        defer { isLooking = false }
        let own = definitions
        sources = sources.filter { own.contains($0.key) }
        dueTimes = dueTimes.filter { own.contains($0.key) }
        for definition in own where isDue(definition) {
            dueTimes[definition] = .now + definition.reloadInterval
            await look(definition)
        }
    }

    /// Files are due when they were never looked at, and then once an interval; with an interval of 0 never again.
    private func isDue(_ definition: ZoneSetDefinition) -> Bool {
        guard let due = dueTimes[definition] else { return true }
        return definition.reloadInterval > .zero && due <= .now
    }

    private func look(_ definition: ZoneSetDefinition) async {
        let isFirst = sources[definition] == nil
        var source = sources[definition] ?? ZoneFileSource(definition)
        source.keepsDifferences = keepsDifferences
        // Not here: a million records take seconds.
        let (next, change) = await Task.detached(priority: .utility) { [source] in
            var source = source
            let change = source.look()
            // To read a large zone takes twice the memory that it keeps.
            if change.isChanged { clinux_trim_heap() }
            return (source, change)
        }.value
        sources[definition] = next
        for line in change.errors { logger.error("plugin/\(definition.directive): \(line)") }
        for line in change.warnings { logger.warning("plugin/\(definition.directive): \(line)") }
        metrics.noteSignatures(end: sources.values.compactMap(\.signaturesEnd).min())
        if change.failureCount > 0 { metrics.countFailedZones(change.failureCount) }
        if change.isChanged || isFirst { await compiler.apply(next.set, for: definition) }
    }
}

extension ZoneSetDefinition {
    /// Whether its zones come from master files.
    var isOfFiles: Bool {
        switch source {
        case .file, .directory: true
        case .secondary: false
        }
    }

    /// The directive that it was made of.
    fileprivate var directive: String {
        switch source {
        case .file: FilePlugin.directive
        case .directory: AutoPlugin.directive
        case .secondary: SecondaryPlugin.directive
        }
    }
}
