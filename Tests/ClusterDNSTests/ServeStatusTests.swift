import Admin
import Answering
import Testing

@testable import ClusterDNS

/// The line that `systemctl status` shows.
struct ServeStatusTests {
    private struct Row {
        var corefile = ". {\n bind 127.0.0.1\n}\n"
        var phase = ServePhase.Phase.serving
        var registries: [RegistryStatus] = []
        var parts: [String] = []
        var reloadFailure: String?
        var want: String
    }

    private static func registry(isComplete: Bool, problem: String? = nil) -> RegistryStatus {
        var status = RegistryStatus(name: "cluster.local.")
        status.isComplete = isComplete
        status.problem = problem
        return status
    }

    private static let rows = [
        Row(want: "answering 1 zone on 127.0.0.1:53"),
        Row(
            corefile: ". a.example:53 tls://b.example:853 {\n tls a b\n}\n", registries: [registry(isComplete: true)],
            parts: ["upstreams 2/2 up"],
            want: "answering 3 zones on :53, tls://:853; registry complete; upstreams 2/2 up"),
        Row(
            registries: [registry(isComplete: false, problem: "the API server is away")],
            want: "answering 1 zone on 127.0.0.1:53; registry not complete; the API server is away"),
        Row(
            registries: [registry(isComplete: false), registry(isComplete: true)], reloadFailure: "Corefile:1:1: no",
            want: "answering 1 zone on 127.0.0.1:53; 1 of 2 registries not complete; "
                + "the last reload was refused: Corefile:1:1: no"),
        Row(phase: .starting, want: "starting, to answer 1 zone on 127.0.0.1:53"),
        Row(phase: .stopping, want: "stopping; still answering 1 zone on 127.0.0.1:53"),
        Row(corefile: "", want: "answering 0 zones on no address"),
        Row(
            corefile: "a:1 a:2 a:3 a:4 a:5 {\n errors\n}\n", want: "answering 1 zone on 5 addresses"),
    ]

    @Test(arguments: rows.indices) func line(_ index: Int) throws {
        let row = Self.rows[index]
        let scratch = try ScratchDirectory()
        let loader = ConfigurationLoader(file: try scratch.write("Corefile", row.corefile), interfaces: [:])
        let line = ServeStatus.line(
            phase: row.phase, try loader.load(), registries: row.registries, parts: row.parts,
            reloadFailure: row.reloadFailure)
        #expect(line == row.want)
    }
}
