import Answering
import Corefile
import DNSWire
import NetworkAddress
import Serving
import Testing

@testable import Admin

/// What `template` directives count, on the page.
struct TemplateMetricsTests {
    /// Takes every text but those with `bad` in them for one and the same record.
    private static let environment = ConfigurationEnvironment(readRecord: { text in
        guard !text.contains("bad") else { return .failure(RecordFault(reason: "bad")) }
        return .success([0, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 192, 0, 2, 1])
    })

    private struct Loader: CorefileLoader {
        var text: String

        func contents(of path: String, limit: Int) throws(CorefileLoadFailure) -> [UInt8] { Array(text.utf8) }
        func files(matching pattern: String) -> [String] { [] }
        func environmentVariable(_ name: String) -> String? { nil }
    }

    private static func page(_ corefile: String, asking names: [String]) throws -> [String] {
        let series = SeriesRegistry()
        let configuration = try ServerConfiguration(
            Corefile.parse(file: "Corefile", loader: Loader(text: corefile)), directory: ".", environment: environment,
            series: series)
        let state = ServingState(generation: 1, configuration: configuration, zones: [], hosts: [])
        let listen = try #require(configuration.listeners.first?.address)
        var answerer = Answerer(listen: listen, state: state)
        var buffer = [UInt8](repeating: 0, count: 512)
        for name in names {
            let query = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + (try Name(name)).wire + [0, 1, 0, 1]
            let client = QueryClient(transport: .udp, address: IPAddress(ipv4: 0xC000_0201), port: 4711)
            var out = buffer.mutableSpan
            // SAFETY: octets have no padding, so any may be read and written.
            #expect(unsafe answerer.answer(query.rawSpan, from: client, into: out.mutableBytes) > 0)
        }
        let page = MetricsPage.render(
            MetricsInput(
                build: BuildInformation(version: "", revision: "", compiler: ""), state: state, totals: [],
                keys: series.all, figures: AdminFigures(), health: HealthFigures(), process: .read(), workerLoads: [],
                logDropCount: 0))
        return String(decoding: page, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("coredns_template") }
    }

    @Test func counts() throws {
        let template =
            "template IN A test {\n match ^(?P<x>.*)[.]test[.]$\n answer \"{{ .Group.x }}\"\n fallthrough\n }\n"
        let more = "template IN A {\n match ^(.+)[.]b[.]$\n answer \"{{ parseInt (index .Match 1) 10 8 }}\"\n}\n"
        let rest = "template IN A test {\n rcode NXDOMAIN\n}\n"
        let lines = try Self.page(
            ".:1053 {\n\(template)\(more)\(rest)}", asking: ["a.test", "b.test", "bad.test", "test", "7.b", "z.b"])
        let head = #"server="dns://:1053",zone="#
        #expect(
            lines == [
                #"coredns_template_matches_total{\#(head)".",view="",class="IN",type="A"} 2"#,
                #"coredns_template_matches_total{\#(head)"test.",view="",class="IN",type="A"} 3"#,
                #"coredns_template_template_failures_total{\#(head)".",view="",class="IN",type="A","#
                    + #"section="answer",template="{{ parseInt (index .Match 1) 10 8 }}"} 1"#,
                #"coredns_template_rr_failures_total{\#(head)"test.",view="",class="IN",type="A","#
                    + #"section="answer",template="{{ .Group.x }}"} 1"#,
            ])
    }

    @Test func nothingWhereThereIsNone() throws {
        #expect(try Self.page(".:1053 {\n errors\n}", asking: ["a.test"]).isEmpty)
    }
}
