import Answering
import FoundationEssentials
import Serving

/// `/status`: how the server fares, for people and, with `format=json`, for programs.
///
/// Names, clients and suffixes are estimates from a sample of the answers. Names are in presentation format, so that
/// nothing a client sends can pass for something else.
enum StatusPage {
    /// Lines of each list.
    private static let topCount = 10

    struct Input {
        var build: BuildInformation
        var figures: AdminFigures
        var isReady: Bool
        var sketches: TrafficSample.Sketches
        /// In seconds since 1970.
        var now: Double
    }

    /// The page as programs get it.
    private struct Document: Encodable {
        struct Registry: Encodable {
            var name: String
            var condition: String
        }

        struct Estimate: Encodable {
            var name: String
            var about: Int
        }

        var version: String
        var state: String
        var ready: Bool
        var uptimeSeconds: Int
        var registries: [Registry]
        var deferredInFlight: Int
        var upstreams: [UpstreamStatus]
        var caches: [CacheStatus]
        var sampledOneIn = TrafficSample.share
        var topNames: [Estimate]
        var topClients: [Estimate]
        var topMissingSuffixes: [Estimate]

        init(_ input: Input) {
            let figures = input.figures
            version = input.build.version
            state = figures.isShuttingDown ? "shutting down" : input.isReady ? "ready" : "not ready"
            ready = input.isReady
            uptimeSeconds = max(0, Int(input.now - figures.processStartSeconds))
            registries = figures.registries.map {
                Registry(name: $0.name, condition: $0.problem ?? ($0.isComplete ? "complete" : "incomplete"))
            }
            deferredInFlight = figures.deferredInFlight
            upstreams = figures.forwards.flatMap(\.upstreams).sorted { $0.to < $1.to }
            caches = figures.forwards.map(\.cache)
            topNames = Self.estimates(input.sketches.names)
            topClients = Self.estimates(input.sketches.clients)
            topMissingSuffixes = Self.estimates(input.sketches.missingSuffixes)
        }

        private static func estimates<Key: CustomStringConvertible>(_ sketch: HeavyHitters<Key>) -> [Estimate] {
            sketch.top(topCount).map { Estimate(name: "\($0.key)", about: $0.count * TrafficSample.share) }
        }
    }

    static func render(_ input: Input, isJSON: Bool) -> AdminAnswer {
        let document = Document(input)
        guard isJSON else { return AdminAnswer(200, text(document)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let octets = try? encoder.encode(document) else {
            return AdminAnswer(500, "the figures cannot be written as JSON; ask without format=json\n")
        }
        var answer = AdminAnswer(200, String(decoding: octets, as: UTF8.self) + "\n")
        answer.contentType = "application/json"
        return answer
    }

    private static func text(_ document: Document) -> String {
        var lines = ["clusterdns \(document.version), \(document.state), up \(document.uptimeSeconds) s"]
        lines += document.registries.map { "registry \($0.name): \($0.condition)" }
        lines.append("waiting for upstreams: \(document.deferredInFlight)")
        lines += document.upstreams.map {
            "upstream \($0.to): \($0.state), \($0.rttMilliseconds) ms, \($0.timeouts) timeouts"
        }
        lines += document.caches.map {
            "cache of \($0.zones): \($0.answers) answers, \($0.denials) denials, \($0.octets) octets"
        }
        let tops = [
            ("names", document.topNames), ("clients", document.topClients),
            ("suffixes of names that do not exist", document.topMissingSuffixes),
        ]
        for (title, estimates) in tops where !estimates.isEmpty {
            lines.append("top \(title), about (one in \(document.sampledOneIn) answers is counted):")
            lines += estimates.map { "  \($0.about)  \($0.name)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
