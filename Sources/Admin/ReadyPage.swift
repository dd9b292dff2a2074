import Answering

/// `/ready`: whether queries should be sent here.
///
/// 503 while a registry has never been complete, and from SIGTERM on. A registry that is complete but out of date stays
/// ready: old answers are better than none.
enum ReadyPage {
    static func render(isComplete: Bool, _ figures: AdminFigures, isVerbose: Bool) -> AdminAnswer {
        let status = isComplete && !figures.isShuttingDown ? 200 : 503
        if isVerbose { return AdminAnswer(status, details(status, figures)) }
        if figures.isShuttingDown { return AdminAnswer(status, "Shutting down") }
        // The name of the directive that waits, as CoreDNS says it.
        return AdminAnswer(status, isComplete ? "OK" : "kubernetes")
    }

    private static func details(_ status: Int, _ figures: AdminFigures) -> String {
        var lines = [status == 200 ? "ready" : figures.isShuttingDown ? "not ready: shutting down" : "not ready"]
        for registry in figures.registries {
            lines.append("kubernetes \(registry.name): \(condition(registry))")
            for (resource, age) in registry.ages.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(resource): last sign of life \(tenths(age)) s ago")
            }
            for (kind, count) in registry.objectCounts.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(kind): \(count)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func condition(_ registry: RegistryStatus) -> String {
        guard registry.isComplete else { return "incomplete" + (registry.problem.map { ": \($0)" } ?? "") }
        return registry.problem.map { "degraded: \($0)" } ?? "complete"
    }

    private static func tenths(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }
}
