import Answering
import DNSWire
import NetworkAddress
import Serving
import Testing

@testable import Admin

/// One line of a page that is a sample.
private struct Sample: Hashable {
    var name: String
    var labels: [String: String]
    var value: Double

    /// Reads `name{label="value",…} value` strictly; nil for anything else.
    init?(_ line: Substring) {
        let head = line.prefix { $0 != "{" && $0 != " " }
        guard head.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil else { return nil }
        name = String(head)
        labels = [:]
        var rest = line[head.endIndex...]
        if rest.hasPrefix("{") {
            rest = rest.dropFirst()
            while let match = rest.prefixMatch(of: /([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)",?/) {
                guard labels.updateValue(String(match.2), forKey: String(match.1)) == nil else { return nil }
                rest = rest[match.range.upperBound...]
            }
            guard rest.hasPrefix("} ") else { return nil }
            rest = rest.dropFirst()
        }
        guard rest.hasPrefix(" "), let value = Double(rest.dropFirst().replacing("+Inf", with: "inf")) else {
            return nil
        }
        self.value = value
    }
}

/// The text format of Prometheus, version 0.0.4, and the names of `metrics.md`.
struct MetricsPageTests {
    private static let corefile = """
        .:1053 {
            errors
            health
            prometheus
            hosts {
                10.0.0.1 one.test two.test
            }
        }
        """

    /// Requests with one status, of which so many took at most 5 ms and so many longer than 10 s.
    private static func requests(_ code: Int, _ short: UInt64, _ long: UInt64) -> RequestStatus {
        RequestStatus(
            host: "192.0.2.1:6443", method: "GET", counts: ["\(code)": short + long],
            durations: Histogram(buckets: [short, 0, long], sum: 1_000_000 * short + 12_000_000_000 * long),
            bounds: [5_000_000, 10_000_000_000])
    }

    /// A page on which every family has something to show.
    private static func fullPage() throws -> String {
        let server = try AdminTestServer(corefile)
        server.count(.udp, .ipv4, .a, .noError)
        server.count(.tcp, .ipv6, RRType(rawValue: 65_280), .badVers)
        var figures = AdminFigures()
        var registry = RegistryStatus(name: "cluster.local.")
        registry.ages = ["manifests": 0.5]
        registry.objectCounts = ["Service": 3]
        registry.applyDurations.add(.milliseconds(2))
        registry.programmingDurations = ["cluster_ip": DurationHistogram(.programming)]
        registry.programmingDurations["cluster_ip"]?.add(.seconds(2))
        registry.rejectedCounts = ["services": 2]
        registry.emptiedCounts = ["services": 1]
        registry.requests = requests(200, 0, 1)
        var other = RegistryStatus(name: "b.local.")
        other.rejectedCounts = ["services": 3]
        other.requests = requests(404, 1, 0)
        figures.registries = [registry, other]
        figures.configurationHash = "0123"
        figures.hostsReloadSeconds = 1_700_000_000.5
        figures.shedCounts = ["overload": 2]
        let loads = WorkerLoads(board: server.board, at: .now - .seconds(2))
        return String(
            decoding: MetricsPage.render(
                MetricsInput(
                    build: server.build, state: server.publisher.state, totals: server.board.totals,
                    keys: server.series.all, figures: figures, health: HealthFigures(isEnabled: true),
                    process: .read(), workerLoads: loads.look(), logDropCount: 4)), as: UTF8.self)
    }

    private static func samples(_ page: String) -> [Sample] {
        page.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { Sample($0) }
    }

    @Test func everyLineParses() throws {
        let page = try Self.fullPage()
        #expect(page.hasSuffix("\n"))
        var (family, kind) = ("", "")
        var seen: Set<String> = []
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let match = line.wholeMatch(of: /# HELP ([a-z0-9_]+) \S.*/) {
                family = String(match.1)
                #expect(seen.insert(family).inserted, "\(family) comes twice")
            } else if let match = line.wholeMatch(of: /# TYPE ([a-z0-9_]+) (counter|gauge|histogram)/) {
                #expect(String(match.1) == family)
                kind = String(match.2)
                #expect((kind == "counter") == family.hasSuffix("_total"), "\(family) is a \(kind)")
            } else {
                let sample = try #require(Sample(line), "\(line)")
                let names = kind == "histogram" ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
                #expect(names.contains(sample.name), "\(line)")
            }
        }
    }

    @Test func noSeriesComesTwice() throws {
        let series = Self.samples(try Self.fullPage()).map { Sample.Key(name: $0.name, labels: $0.labels) }
        #expect(series.count == Set(series).count)
    }

    @Test func histogramsAreCumulative() throws {
        let samples = Self.samples(try Self.fullPage())
        var groups: [Sample.Key: [Sample]] = [:]
        for sample in samples where sample.name.hasSuffix("_bucket") {
            var labels = sample.labels
            labels["le"] = nil
            groups[Sample.Key(name: String(sample.name.dropLast(7)), labels: labels), default: []].append(sample)
        }
        #expect(groups.count > 5)
        for (key, buckets) in groups {
            let bounds = buckets.map { Double($0.labels["le"]?.replacing("+Inf", with: "inf") ?? "") ?? -1 }
            #expect(bounds == bounds.sorted() && bounds.last == .infinity, "\(key.name)")
            #expect(buckets.map(\.value) == buckets.map(\.value).sorted(), "\(key.name)")
            let count = samples.first { $0.name == key.name + "_count" && $0.labels == key.labels }
            #expect(count?.value == buckets.last?.value, "\(key.name)")
        }
    }

    private static let server: Set<String> = ["server", "zone", "view"]
    /// Names and labels as dashboards for CoreDNS read them.
    static let labels: [(String, Set<String>)] = [
        ("coredns_build_info", ["version", "revision", "goversion"]), ("coredns_panics_total", []),
        ("coredns_plugin_enabled", server.union(["name"])), ("coredns_reload_failed_total", []),
        ("coredns_reload_version_info", ["hash", "value"]),
        ("coredns_dns_requests_total", server.union(["proto", "family", "type"])),
        ("coredns_dns_request_duration_seconds_bucket", server.union(["le"])),
        ("coredns_dns_request_size_bytes_bucket", server.union(["proto", "le"])),
        ("coredns_dns_response_size_bytes_bucket", server.union(["proto", "le"])),
        ("coredns_dns_responses_total", server.union(["rcode", "plugin"])), ("coredns_dns_do_requests_total", server),
        ("coredns_health_request_duration_seconds_bucket", ["le"]), ("coredns_health_request_failures_total", []),
        ("coredns_hosts_entries", []), ("coredns_hosts_reload_timestamp_seconds", []),
        ("coredns_kubernetes_dns_programming_duration_seconds_bucket", ["service_kind", "le"]),
        ("coredns_kubernetes_rest_client_requests_total", ["code", "method", "host"]),
        ("coredns_kubernetes_rest_client_request_duration_seconds_bucket", ["verb", "host", "le"]),
        ("clusterdns_registry_rejected_objects_total", ["resource"]),
        ("clusterdns_registry_emptied_lists_total", ["resource"]),
        ("process_cpu_seconds_total", []), ("process_resident_memory_bytes", []), ("process_start_time_seconds", []),
        ("process_open_fds", []), ("go_goroutines", []), ("clusterdns_registry_age_seconds", ["resource"]),
        ("clusterdns_registry_objects", ["kind"]), ("clusterdns_registry_apply_seconds_bucket", ["le"]),
        ("clusterdns_worker_busy_ratio", ["worker"]), ("clusterdns_udp_truncated_total", []),
        ("clusterdns_shed_total", ["reason"]), ("clusterdns_log_dropped_total", []),
    ]

    @Test(arguments: labels) func labelsAreExactly(_ name: String, _ labels: Set<String>) throws {
        let samples = Self.samples(try Self.fullPage()).filter { $0.name == name }
        #expect(!samples.isEmpty, "\(name) is missing")
        #expect(samples.allSatisfy { Set($0.labels.keys) == labels }, "\(name)")
    }

    @Test func bucketBounds() throws {
        let samples = Self.samples(try Self.fullPage())
        func bounds(_ name: String) -> [Double] {
            var seen: [Double] = []
            for sample in samples where sample.name == name + "_bucket" {
                if let bound = Double(sample.labels["le"] ?? ""), bound.isFinite, !seen.contains(bound) {
                    seen.append(bound)
                }
            }
            return seen
        }
        #expect(bounds("coredns_dns_request_duration_seconds") == (0..<16).map { 0.00025 * Double(1 << $0) })
        #expect(
            bounds("coredns_dns_request_size_bytes")
                == [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000])
        let programming = bounds("coredns_kubernetes_dns_programming_duration_seconds")
        #expect(programming == (0..<20).map { Double(1 << $0) / 1000 })
    }

    @Test func values() throws {
        let page = try Self.fullPage()
        let client = "coredns_kubernetes_rest_client_request"
        let lines = [
            #"\#(client)s_total{code="200",method="GET",host="192.0.2.1:6443"} 1"#,
            #"\#(client)s_total{code="404",method="GET",host="192.0.2.1:6443"} 1"#,
            #"\#(client)_duration_seconds_bucket{verb="GET",host="192.0.2.1:6443",le="0.005"} 1"#,
            #"\#(client)_duration_seconds_count{verb="GET",host="192.0.2.1:6443"} 2"#,
            #"\#(client)_duration_seconds_sum{verb="GET",host="192.0.2.1:6443"} 12.001"#,
            #"clusterdns_registry_rejected_objects_total{resource="services"} 5"#,
            #"coredns_build_info{version="1.2.3",revision="abc",goversion="swift6.3.1"} 1"#,
            #"coredns_dns_requests_total{server="dns://:1053",zone=".",view="",proto="udp",family="1",type="A"} 1"#,
            #"coredns_dns_requests_total{server="dns://:1053",zone=".",view="",proto="tcp",family="2",type="other"} 1"#,
            #"coredns_dns_responses_total{server="dns://:1053",zone=".",view="",rcode="NOERROR",plugin="hosts"} 1"#,
            #"coredns_dns_responses_total{server="dns://:1053",zone=".",view="",rcode="BADVERS",plugin="hosts"} 1"#,
            #"coredns_dns_request_duration_seconds_bucket{server="dns://:1053",zone=".",view="",le="0.00025"} 0"#,
            #"coredns_dns_request_duration_seconds_bucket{server="dns://:1053",zone=".",view="",le="0.0005"} 2"#,
            #"coredns_dns_request_duration_seconds_sum{server="dns://:1053",zone=".",view=""} 0.0006"#,
            #"coredns_plugin_enabled{server="dns://:1053",zone=".",view="",name="hosts"} 1"#,
            #"coredns_reload_version_info{hash="fnv1a",value="0123"} 1"#, "coredns_hosts_entries 2",
            "clusterdns_udp_truncated_total 1", #"clusterdns_registry_objects{kind="Service"} 3"#,
            #"clusterdns_shed_total{reason="overload"} 2"#, "clusterdns_log_dropped_total 4",
        ]
        let found = Set(page.split(separator: "\n").map(String.init))
        for line in lines { #expect(found.contains(line), "\(line)") }
    }

    /// Queries that no block takes are counted, and no type of theirs has a line of its own.
    @Test func whatNoBlockTakesIsShort() throws {
        let server = try AdminTestServer("example:1053 {\n hosts\n}")
        var dropped = SeriesStatistics()
        for type: RRType in [.a, .aaaa, .mx] {
            dropped.countRequest(.udp, .ipv4, type: type, dnssecOK: false, octets: 60)
            dropped.countResponse(.udp, rcode: .refused, plugin: 0, octets: 60, isTruncated: false)
        }
        server.board.publish(server.board.join(), [SeriesStatistics(), dropped])
        let page = MetricsPage.render(
            MetricsInput(
                build: server.build, state: server.publisher.state, totals: server.board.totals,
                keys: server.series.all,
                figures: AdminFigures(), health: HealthFigures(), process: .read(), workerLoads: [], logDropCount: 0))
        let lines = String(decoding: page, as: UTF8.self).split(separator: "\n").filter { $0.contains("dropped\"") }
        let labels = #"{server="dns://:1053",zone="dropped",view="","#
        #expect(lines.first == #"coredns_dns_requests_total\#(labels)proto="udp",family="1",type="other"} 3"#)
        #expect(lines.count == 2 && lines.last?.contains(#"rcode="REFUSED""#) == true, "\(lines)")
    }

    /// 400,000 random names, types and RCODEs must not grow the page past 300 lines.
    @Test func linesAreBoundedWhateverIsAsked() throws {
        let server = try AdminTestServer(".:1053 {\n hosts\n}")
        var statistics = SeriesStatistics()
        for type in UInt16(0)...65_535 {
            let rcode = RCODE(rawValue: type % 17)
            statistics.countRequest(.udp, .ipv4, type: RRType(rawValue: type), dnssecOK: true, octets: 60)
            statistics.countResponse(.udp, rcode: rcode, plugin: 1, octets: 100, isTruncated: false)
            statistics.countDuration(nanoseconds: 1000)
        }
        server.board.publish(server.board.join(), [statistics])
        let page = MetricsPage.render(
            MetricsInput(
                build: server.build, state: server.publisher.state, totals: server.board.totals,
                keys: server.series.all,
                figures: AdminFigures(), health: HealthFigures(), process: .read(), workerLoads: [], logDropCount: 0))
        #expect(page.count { $0 == UInt8(ascii: "\n") } <= 300)
    }

    @Test func labelValuesAreEscaped() {
        var text = MetricsText()
        text.family("x", .gauge, "Help.") { $0.sample([("a", "back\\slash \"quoted\"\nline é")], UInt64(1)) }
        text.family("empty", .gauge, "Nothing.") { _ in }
        #expect(
            String(decoding: text.octets, as: UTF8.self)
                == "# HELP x Help.\n# TYPE x gauge\nx{a=\"back\\\\slash \\\"quoted\\\"\\nline é\"} 1\n")
    }

    @Test func processFiguresAreThere() {
        let figures = ProcessFigures.read()
        #expect((figures.residentOctetCount ?? 0) > 1 << 20)
        #expect((figures.descriptorCount ?? 0) >= 3)
        #expect((figures.threadCount ?? 0) >= 1)
        #expect((figures.cpuSeconds ?? -1) >= 0)
    }

    @Test func workerLoadIsBusyTimeByTime() throws {
        let server = try AdminTestServer(".:1053 {\n hosts\n}")
        let start = ContinuousClock.now
        let loads = WorkerLoads(board: server.board, at: start)
        let worker = server.board.join()
        server.board.publish(worker, [], busyNanoseconds: 1_000_000_000)
        #expect(loads.look(at: start + .seconds(4)).map(\.ratio) == [0.25])
        server.board.publish(worker, [], busyNanoseconds: 2_000_000_000)
        #expect(loads.look(at: start + .seconds(4)).map(\.ratio) == [0.25])
        #expect(loads.look(at: start + .seconds(6)).map(\.ratio) == [0.5])
    }
}

extension Sample {
    fileprivate struct Key: Hashable {
        var name: String
        var labels: [String: String]
    }
}
