import Answering
import DNSWire
import NetworkAddress
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

    private struct Top {
        var title: String
        var key: String
        var entries: [(name: String, count: Int)]
    }

    static func render(_ input: Input, isJSON: Bool) -> AdminAnswer {
        guard isJSON else { return AdminAnswer(200, text(input)) }
        var answer = AdminAnswer(200, json(input))
        answer.contentType = "application/json"
        return answer
    }

    private static func tops(_ sketches: TrafficSample.Sketches) -> [Top] {
        let scale = TrafficSample.share
        return [
            Top(
                title: "names", key: "topNames",
                entries: sketches.names.top(topCount).map { ("\($0.key)", $0.count * scale) }),
            Top(
                title: "clients", key: "topClients",
                entries: sketches.clients.top(topCount).map { ("\($0.key)", $0.count * scale) }),
            Top(
                title: "suffixes of names that do not exist", key: "topMissingSuffixes",
                entries: sketches.missingSuffixes.top(topCount).map { ("\($0.key)", $0.count * scale) }),
        ]
    }

    private static func uptime(_ input: Input) -> Int { max(0, Int(input.now - input.figures.processStartSeconds)) }

    private static func text(_ input: Input) -> String {
        let state = input.figures.isShuttingDown ? "shutting down" : input.isReady ? "ready" : "not ready"
        var lines = ["clusterdns \(input.build.version), \(state), up \(uptime(input)) s"]
        for registry in input.figures.registries {
            lines.append("registry \(registry.name): \(condition(registry))")
        }
        lines.append("waiting for upstreams: \(input.figures.deferredInFlight)")
        for upstream in upstreams(input) {
            lines.append(
                "upstream \(upstream.to): \(upstream.state), \(upstream.milliseconds) ms, \(upstream.timeouts) timeouts"
            )
        }
        for cache in caches(input) {
            lines.append(
                "cache of \(cache.zones): \(cache.success) answers, \(cache.denial) denials, \(cache.octets) octets")
        }
        for top in tops(input.sketches) where !top.entries.isEmpty {
            lines.append("top \(top.title), about (one in \(TrafficSample.share) answers is counted):")
            lines += top.entries.map { "  \($0.count)  \($0.name)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func condition(_ registry: RegistryStatus) -> String {
        registry.problem ?? (registry.isComplete ? "complete" : "incomplete")
    }

    private static func upstreams(_ input: Input) -> [UpstreamStatus] {
        input.figures.forwards.flatMap(\.states).sorted { $0.to < $1.to }
    }

    private static func caches(_ input: Input) -> [CacheStatus] { input.figures.forwards.map(\.cache) }

    private static func json(_ input: Input) -> String {
        var fields = [
            "\"version\":\(quoted(input.build.version))", "\"ready\":\(input.isReady)",
            "\"uptimeSeconds\":\(uptime(input))", "\"deferredInFlight\":\(input.figures.deferredInFlight)",
            "\"sampledOneIn\":\(TrafficSample.share)",
        ]
        fields.append(
            list(
                "registries",
                input.figures.registries.map {
                    "{\"name\":\(quoted($0.name)),\"condition\":\(quoted(condition($0)))}"
                }))
        fields.append(
            list(
                "upstreams",
                upstreams(input).map {
                    "{\"to\":\(quoted($0.to)),\"state\":\(quoted($0.state)),\"rttMilliseconds\":\($0.milliseconds),\"timeouts\":\($0.timeouts)}"
                }))
        fields.append(
            list(
                "caches",
                caches(input).map {
                    "{\"zones\":\(quoted($0.zones)),\"answers\":\($0.success),\"denials\":\($0.denial),\"octets\":\($0.octets)}"
                }))
        for top in tops(input.sketches) {
            fields.append(list(top.key, top.entries.map { "{\"name\":\(quoted($0.name)),\"about\":\($0.count)}" }))
        }
        return "{" + fields.joined(separator: ",") + "}\n"
    }

    private static func list(_ key: String, _ items: [String]) -> String {
        "\"\(key)\":[\(items.joined(separator: ","))]"
    }

    /// A JSON string (RFC 8259 §7).
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{00}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// How one upstream fares, in words.
package struct UpstreamStatus: Hashable, Sendable {
    package var to: String
    package var state: String
    /// The smoothed round-trip time; 0 before the first answer.
    package var milliseconds: Double
    package var timeouts: UInt64
}

/// What one cache holds.
package struct CacheStatus: Hashable, Sendable {
    /// Of the server block, joined by spaces.
    package var zones: String
    package var success: Int
    package var denial: Int
    package var octets: Int
}
