import Answering
import Serving
import Testing

@testable import Admin

/// What single directives did, with the names and labels that CoreDNS gives it.
struct DirectiveMetricsTests {
    private static let corefile = """
        one.example:1053 {
            hosts
        }
        two.example:1053 {
            hosts
        }
        .:2053 {
            hosts
        }
        """

    /// The page's samples of families that start with one of `prefixes`, once each series has counted `counts` of events.
    private static func lines(_ counts: [[(DirectiveEvent, Int)]], _ prefixes: [String]) throws -> [String] {
        let server = try AdminTestServer(corefile)
        let statistics = counts.map { counts in
            var statistics = SeriesStatistics()
            for (event, count) in counts { for _ in 0..<count { statistics.count(event) } }
            return statistics
        }
        server.board.publish(server.board.join(), statistics)
        let page = MetricsPage.render(
            MetricsInput(
                build: server.build, state: server.publisher.state, totals: server.board.totals,
                keys: server.series.all, figures: AdminFigures(), health: HealthFigures(), process: .read(),
                workerLoads: [], logDropCount: 0))
        return String(decoding: page, as: UTF8.self).split(separator: "\n").map(String.init).filter { line in
            prefixes.contains { line.hasPrefix("coredns_" + $0) }
        }
    }

    @Test func accessLists() throws {
        // The series are in the order of the configuration: every zone, and then the `dropped` of each listener.
        let lines = try Self.lines(
            [[(.blocked, 1), (.allowed, 4)], [(.filtered, 2), (.allowed, 5)], [(.dropped, 3), (.allowed, 6)]],
            ["acl_"])
        #expect(
            lines.sorted() == [
                #"coredns_acl_allowed_requests_total{server="dns://:1053",view=""} 9"#,
                #"coredns_acl_allowed_requests_total{server="dns://:2053",view=""} 6"#,
                #"coredns_acl_blocked_requests_total{server="dns://:1053",zone="one.example.",view=""} 1"#,
                #"coredns_acl_dropped_requests_total{server="dns://:2053",zone=".",view=""} 3"#,
                #"coredns_acl_filtered_requests_total{server="dns://:1053",zone="two.example.",view=""} 2"#,
            ])
    }

    @Test func others() throws {
        let lines = try Self.lines(
            [[(.completed, 1), (.localhost, 2)], [(.completed, 3), (.translated, 4), (.localhost, 5)]],
            ["autopath_", "dns64_", "local_"])
        #expect(
            lines.sorted() == [
                #"coredns_autopath_success_total{server="dns://:1053"} 4"#,
                #"coredns_dns64_requests_translated_total{server="dns://:1053"} 4"#,
                "coredns_local_localhost_requests_total 7",
            ])
    }

    @Test func whatDidNothingIsNotShown() throws {
        #expect(try Self.lines([[]], ["acl_", "autopath_", "dns64_", "local_"]) == [])
    }
}
