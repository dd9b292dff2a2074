import Answering
import DNSWire
import Serving
import Testing

@testable import Admin

/// What `cache` and `forward` count, under the names of `metrics.md`.
struct ForwardMetricsTests {
    private static func page(_ corefile: String, _ forwards: [ForwardStatus] = []) throws -> Set<String> {
        let server = try AdminTestServer(corefile)
        var statistics = SeriesStatistics()
        for use in [CacheUse.success, .success, .denial, .stale] { statistics.countCache(use) }
        statistics.countCacheMiss()
        var figures = AdminFigures()
        figures.forwards = forwards
        figures.deferredInFlight = 7
        let page = MetricsPage.render(
            MetricsInput(
                build: server.build, state: server.publisher.state, totals: [statistics], keys: server.series.all,
                figures: figures, health: HealthFigures(), process: .read(), workerLoads: [], logDropCount: 0))
        return Set(String(decoding: page, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    @Test func cacheCountsUnderItsServerAndZone() throws {
        let page = try Self.page(".:1053 {\n cache 30\n forward . 192.0.2.1\n}\n")
        let labels = #"server="dns://:1053",zones=".",view="""#
        let expected = [
            #"entries{\#(labels),type="success"} 0"#, #"entries{\#(labels),type="denial"} 0"#,
            #"requests_total{\#(labels)} 5"#, #"hits_total{\#(labels),type="success"} 2"#,
            #"hits_total{\#(labels),type="denial"} 1"#, "misses_total{\(labels)} 1", "served_stale_total{\(labels)} 1",
            "prefetch_total{\(labels)} 0", "drops_total{\(labels)} 0",
            "evictions_total{\(labels),type=\"success\"} 0", "evictions_total{\(labels),type=\"denial\"} 0",
        ]
        for line in expected { #expect(page.contains("coredns_cache_" + line), "\(line)") }
    }

    @Test func noCacheNoLines() throws {
        let page = try Self.page(".:1053 {\n forward . 192.0.2.1\n}\n")
        #expect(!page.contains { $0.hasPrefix("coredns_cache_") })
    }

    @Test func upstreamsOfTwoDirectivesAreSummedAndGoneOnesForgotten() throws {
        let statistics = ForwardStatistics()
        statistics.noteRequest(to: "192.0.2.1:53")
        statistics.noteRequest(to: "192.0.2.9:53")
        statistics.noteResponse(to: "192.0.2.1:53", rcode: .nxDomain, nanoseconds: 300_000)
        statistics.noteHealthFailure(to: "192.0.2.1:53")
        statistics.noteConnection(to: "192.0.2.1:53", proto: .tls, isHit: true)
        statistics.noteConnection(to: "192.0.2.1:53", proto: .udp, isHit: false)
        statistics.noteBroken()
        let one = ForwardStatus(
            counts: statistics.figures, rejectCount: 2, upstreams: [.init(to: "192.0.2.1:53", state: .up)])
        var two = one
        two.upstreams[0].state = .down
        let page = try Self.page(".:1053 {\n forward . 192.0.2.1\n}\n", [one, two])
        let to = #"to="192.0.2.1:53""#
        let proxy = #"proxy_name="forward","# + to
        let expected = [
            "coredns_forward_healthcheck_broken_total 2", "coredns_forward_max_concurrent_rejects_total 4",
            "coredns_forward_requests_total{\(to)} 2", #"coredns_forward_responses_total{\#(to),rcode="NXDOMAIN"} 2"#,
            #"coredns_forward_request_duration_seconds_bucket{\#(to),rcode="NXDOMAIN",le="0.0005"} 2"#,
            #"coredns_proxy_request_duration_seconds_count{\#(proxy),rcode="NXDOMAIN"} 2"#,
            "coredns_forward_healthcheck_failures_total{\(to)} 2",
            "coredns_proxy_healthcheck_failures_total{\(proxy)} 2",
            #"coredns_proxy_conn_cache_hits_total{\#(proxy),proto="tcp-tls"} 2"#,
            #"coredns_proxy_conn_cache_misses_total{\#(proxy),proto="udp"} 2"#, "clusterdns_upstream_up{\(to)} 0",
            "clusterdns_deferred_in_flight 7",
        ]
        for line in expected { #expect(page.contains(line), "\(line)") }
        #expect(!page.contains { $0.contains("192.0.2.9") })
        statistics.keep(only: ["192.0.2.1:53"])
        #expect(Set(statistics.figures.upstreams.keys) == ["192.0.2.1:53"])
    }
}
