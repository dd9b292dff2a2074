import Testing

@testable import Admin

struct ReadyPageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var label: String, isComplete: Bool, isShuttingDown = false, status: Int, body: String
        var testDescription: String { label }
    }

    static let rows = [
        Row(label: "complete", isComplete: true, status: 200, body: "OK"),
        Row(label: "a registry is missing", isComplete: false, status: 503, body: "kubernetes"),
        Row(label: "stopping", isComplete: true, isShuttingDown: true, status: 503, body: "Shutting down"),
    ]

    @Test(arguments: rows) func answer(_ row: Row) {
        var figures = AdminFigures()
        figures.isShuttingDown = row.isShuttingDown
        #expect(
            ReadyPage.render(isComplete: row.isComplete, figures, isVerbose: false) == AdminAnswer(row.status, row.body)
        )
    }

    /// An outage changes no answer: the server stays ready, and says that it is degraded.
    @Test func outageIsDegradedAndReady() {
        var registry = RegistryStatus(name: "cluster.local.")
        registry.isComplete = true
        registry.problem = "the directory is gone"
        registry.ages = ["manifests": 12.34]
        registry.objectCounts = ["Service": 3, "Pod": 2]
        var figures = AdminFigures()
        figures.registries = [registry]
        let want = """
            ready
            kubernetes cluster.local.: degraded: the directory is gone
              manifests: last sign of life 12.3 s ago
              Pod: 2
              Service: 3

            """
        #expect(ReadyPage.render(isComplete: true, figures, isVerbose: true) == AdminAnswer(200, want))
    }

    @Test func verboseNamesWhatIsMissing() {
        var figures = AdminFigures()
        figures.registries = [RegistryStatus(name: "cluster.local.")]
        let want = "not ready\nkubernetes cluster.local.: incomplete\n"
        #expect(ReadyPage.render(isComplete: false, figures, isVerbose: true) == AdminAnswer(503, want))
    }
}
