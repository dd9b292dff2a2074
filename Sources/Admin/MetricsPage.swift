import Answering
import Serving

/// Everything `/metrics` shows, gathered at one moment.
struct MetricsInput {
    var build: BuildInformation
    var state: ServingState
    /// By series index, as `keys`.
    var totals: [SeriesStatistics]
    var keys: [SeriesRegistry.Key]
    var figures: AdminFigures
    var health: HealthFigures
    var process: ProcessFigures
    /// The share of time each worker was busy since the last look, 0-1.
    var workerLoads: [(worker: Int, ratio: Double)]
    var logDropCount: UInt64
}

/// `/metrics`: the names and labels that dashboards made for CoreDNS read, and our own.
///
/// The number of lines is bounded by the configuration: no label holds what a client sent.
enum MetricsPage {
    static func render(_ input: MetricsInput) -> [UInt8] {
        var text = MetricsText()
        server(input, &text)
        dns(input, &text)
        directives(input, &text)
        transfers(input, &text)
        health(input, &text)
        hosts(input, &text)
        zones(input, &text)
        signatures(input, &text)
        templates(input, &text)
        caches(input, &text)
        forwards(input.figures.forwards, &text)
        registry(input, &text)
        own(input, &text)
        node(input, &text)
        process(input, &text)
        return text.octets
    }

    private static func server(_ input: MetricsInput, _ text: inout MetricsText) {
        text.family("coredns_build_info", .gauge, "Always 1; the labels say what this program was built from.") {
            let build = input.build
            $0.sample(
                [("version", build.version), ("revision", build.revision), ("goversion", build.compiler)], UInt64(1))
        }
        text.family("coredns_panics_total", .counter, "Failures of the program that were survived.") {
            $0.sample([], input.figures.panicCount)
        }
        plugins(input, &text)
        text.family("coredns_reload_failed_total", .counter, "Configurations that were refused on reload.") {
            $0.sample([], input.figures.reloadFailureCount)
        }
        text.family("coredns_reload_version_info", .gauge, "Always 1; the hash of the configuration in force.") {
            guard !input.figures.configurationHash.isEmpty else { return }
            $0.sample([("hash", "fnv1a"), ("value", input.figures.configurationHash)], UInt64(1))
        }
    }

    private static func plugins(_ input: MetricsInput, _ text: inout MetricsText) {
        let configuration = input.state.configuration
        text.family("coredns_plugin_enabled", .gauge, "Always 1; the directives of each server and zone.") { text in
            for route in configuration.listeners.flatMap(\.routes) where input.keys.indices.contains(route.series) {
                for directive in route.block.directives {
                    text.sample(Self.labels(input.keys[route.series]) + [("name", directive)], UInt64(1))
                }
            }
        }
    }

    private static func health(_ input: MetricsInput, _ text: inout MetricsText) {
        guard input.health.isEnabled else { return }
        text.family(
            "coredns_health_request_duration_seconds", .histogram,
            "How long the server's own requests for /health took."
        ) { $0.sample([], input.health.durations) }
        text.family(
            "coredns_health_request_failures_total", .counter, "The server's own requests for /health that failed."
        ) { $0.sample([], input.health.failureCount) }
    }

    private static func hosts(_ input: MetricsInput, _ text: inout MetricsText) {
        guard !input.state.hosts.isEmpty else { return }
        text.family("coredns_hosts_entries", .gauge, "Names of all hosts directives, of files and inline.") {
            $0.sample([], input.state.hosts.reduce(0) { $0 + UInt64($1.entryCount) })
        }
        text.family("coredns_hosts_reload_timestamp_seconds", .gauge, "When a hosts file was last read.") {
            if let seconds = input.figures.hostsReloadSeconds { $0.sample([], seconds) }
        }
    }

    /// node-cache's figure, under its name.
    private static func node(_ input: MetricsInput, _ text: inout MetricsText) {
        text.family(
            "coredns_nodecache_setup_errors_total", .counter,
            "Failures to set up the addresses, rules and configuration of this node."
        ) {
            for (kind, count) in input.figures.nodeSetupErrorCounts.sorted(by: { $0.key < $1.key }) {
                $0.sample([("errortype", kind)], count)
            }
        }
    }

    private static func process(_ input: MetricsInput, _ text: inout MetricsText) {
        let figures = input.process
        text.family("process_cpu_seconds_total", .counter, "CPU time of the process, user and system.") {
            if let seconds = figures.cpuSeconds { $0.sample([], seconds) }
        }
        text.family("process_resident_memory_bytes", .gauge, "Memory of the process that is in RAM.") {
            if let octets = figures.residentOctetCount { $0.sample([], octets) }
        }
        text.family("process_open_fds", .gauge, "Open file descriptors.") {
            if let count = figures.descriptorCount { $0.sample([], count) }
        }
        text.family("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.") {
            $0.sample([], input.figures.processStartSeconds)
        }
        text.family("go_goroutines", .gauge, "Threads of the process, under the name older dashboards read.") {
            if let count = figures.threadCount { $0.sample([], count) }
        }
    }

    static func labels(_ key: SeriesRegistry.Key) -> [MetricsText.Label] {
        [("server", key.server), ("zone", key.zone), ("view", "")]
    }
}

extension MetricsText {
    mutating func sample(_ labels: [Label], _ durations: DurationHistogram) {
        sample(labels, durations.histogram, bounds: durations.bounds.nanoseconds, unit: 1e9)
    }
}
