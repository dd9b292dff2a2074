/// In which form a response is written.
enum Representation: Hashable, Sendable {
    case json
    case protobuf
    /// Rows for people: what `kubectl get` asks for.
    case table(apiVersion: String)

    /// The `Content-Type`; that of a protobuf watch says so, that of a JSON watch does not.
    func contentType(isWatch: Bool) -> String {
        guard self == .protobuf else { return "application/json" }
        return "application/vnd.kubernetes.protobuf" + (isWatch ? ";stream=watch" : "")
    }

    /// How objects are kept for it.
    var form: ObjectForm { self == .protobuf ? .protobuf : .json }
}

/// Chooses a representation by the `Accept` header (k8s.io/apiserver, pkg/endpoints/handlers/negotiation).
enum Negotiation {
    private static let protobuf = "application/vnd.kubernetes.protobuf"

    /// What to write; throws 406 where nothing that is asked for can be had.
    static func choose(_ accept: String, servesProtobuf: Bool, servesTables: Bool = true) throws(Status)
        -> Representation
    {
        for clause in clauses(accept.isEmpty ? "*/*" : accept) {
            switch (clause.type, clause.parameters["as"]) {
            case (protobuf, nil) where servesProtobuf: return .protobuf
            case ("application/json", nil), ("*/*", nil), ("application/*", nil): return .json
            case ("application/json", "Table") where servesTables && clause.parameters["g"] == "meta.k8s.io":
                return .table(apiVersion: "meta.k8s.io/\(clause.parameters["v"] ?? "v1")")
            default: continue
            }
        }
        let types = ["application/json", "application/yaml"] + (servesProtobuf ? [protobuf] : [])
        let message = "only the following media types are accepted: \(types.joined(separator: ", "))"
        throw Status(code: 406, reason: "NotAcceptable", message: message)
    }

    private struct Clause {
        var type: String
        var parameters: [String: String]
        var quality: Double { parameters["q"].flatMap(Double.init) ?? 1 }
    }

    /// The clauses of a header, the most wanted first.
    private static func clauses(_ header: String) -> [Clause] {
        let clauses = header.split(separator: ",").map { text in
            let parts = text.split(separator: ";").map { $0.filter { $0 != " " } }
            let pairs = parts.dropFirst().map { part in
                let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                return (pair[0], pair.count > 1 ? pair[1] : "")
            }
            return Clause(type: parts.first ?? "", parameters: Dictionary(pairs) { first, _ in first })
        }
        return clauses.enumerated()
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element)
    }
}
