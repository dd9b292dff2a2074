/// Reads a fault from the query of the control API.
enum FaultText {
    static func fault(_ query: [String: String]) throws(UnreadableText) -> Fault {
        var fault = Fault(try effect(query))
        if let verb = query["verb"] { fault.verb = try self.verb(verb) }
        fault.resource = query["resource"]
        fault.count = try query["count"].map { _ throws(UnreadableText) in try number("count", query) }
        return fault
    }

    static func verb(_ text: String) throws(UnreadableText) -> APICall.Verb {
        guard let verb = APICall.Verb(rawValue: text) else {
            throw UnreadableText(description: "verb=\(text): write get, list, watch, create, update, patch or delete")
        }
        return verb
    }

    private static func effect(_ query: [String: String]) throws(UnreadableText) -> Fault.Effect {
        switch query["effect"] ?? "" {
        case "status":
            let retryAfter = try query["retryAfter"].map { _ throws(UnreadableText) in try number("retryAfter", query) }
            return .status(try number("status", query), retryAfterSeconds: retryAfter)
        case "errorEvent": return .errorEvent(try number("status", query))
        case "cut": return .cut(afterOctets: try number("octets", query))
        case "slow":
            return .slow(octets: max(1, try number("octets", query)), every: try milliseconds(query))
        case "latency": return .latency(try milliseconds(query))
        case "silence": return .silence
        case "html": return Fault.htmlPage.effect
        case "body": return .body(query["text"] ?? "", contentType: query["contentType"] ?? "application/json")
        case "truncatedList": return .truncatedList
        case "wrongKind": return .wrongKind
        case "noResourceVersion": return .noResourceVersion
        case "emptyList": return .emptyList
        case "expiredContinue": return .expiredContinue
        case let other: throw UnreadableText(description: "effect=\(other) is none of those in Control.swift")
        }
    }

    private static func milliseconds(_ query: [String: String]) throws(UnreadableText) -> Duration {
        .milliseconds(try number("milliseconds", query))
    }

    private static func number(_ name: String, _ query: [String: String]) throws(UnreadableText) -> Int {
        guard let number = query[name].flatMap(Int.init), number >= 0 else {
            throw UnreadableText(description: "\(name)=\(query[name] ?? "") is no number; this effect needs one")
        }
        return number
    }
}
