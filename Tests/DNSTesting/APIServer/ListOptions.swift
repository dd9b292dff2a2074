import Foundation

/// The query of a list or a watch (`metav1.ListOptions`), checked as kube-apiserver checks it.
struct ListOptions: Sendable {
    var selection = ObjectSelection()
    /// 0: no limit.
    var limit = 0
    var continueToken: ContinueToken?
    /// nil: the newest; 0: any.
    var revision: UInt64?
    var isExact = false
    var allowsBookmarks = false
    var timeout: Duration?
    var sendsInitialEvents: Bool?

    /// Everything there is.
    init() {}

    init(_ call: APICall, _ target: APICall.Target) throws(Status) {
        selection = ObjectSelection(namespace: target.namespace)
        limit = call.query["limit"].flatMap(Int.init) ?? 0
        let match = call.query["resourceVersionMatch"] ?? ""
        revision = try Self.revision(call.query["resourceVersion"] ?? "")
        allowsBookmarks = call.flag("allowWatchBookmarks") ?? false
        timeout = call.query["timeoutSeconds"].flatMap(Int.init).flatMap { $0 > 0 ? .seconds($0) : nil }
        sendsInitialEvents = call.flag("sendInitialEvents")
        // Paging from a version means exactly that version, for the sake of old clients.
        isExact = match == "Exact" || (match.isEmpty && limit > 0 && revision ?? 0 > 0)
        if let text = call.query["continue"], !text.isEmpty {
            guard let token = ContinueToken(text) else { throw .badRequest("continue key is not valid") }
            guard revision == nil else {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
            continueToken = token
        }
        try select(
            labels: call.query["labelSelector"] ?? "", fields: call.query["fieldSelector"] ?? "", of: target.type)
        try check(match: match, isWatch: call.verb == .watch)
    }

    private mutating func select(labels: String, fields: String, of type: ResourceType) throws(Status) {
        guard let requirements = LabelRequirement.parse(labels) else {
            throw .badRequest("unable to parse requirement: found \"\(labels)\"")
        }
        selection.labels = requirements
        do {
            selection.fields = try FieldRequirement.parse(fields, for: type)
        } catch {
            throw .badRequest("field label not supported: \(error.name)")
        }
    }

    private func check(match: String, isWatch: Bool) throws(Status) {
        if isWatch, sendsInitialEvents != nil {
            guard match == "NotOlderThan" else {
                throw .invalidOptions(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
            }
        } else if isWatch, !match.isEmpty {
            throw .invalidOptions(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        } else if !match.isEmpty, revision == nil {
            throw .invalidOptions(
                "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        if !isWatch, sendsInitialEvents != nil {
            throw .invalidOptions("sendInitialEvents", "sendInitialEvents is forbidden for list")
        }
    }

    private static func revision(_ text: String) throws(Status) -> UInt64? {
        if text.isEmpty { return nil }
        guard let revision = UInt64(text) else {
            throw Status(
                code: 422, reason: "Invalid",
                message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersion: Invalid value: \"\(text)\"")
        }
        return revision
    }
}

/// Where the next page of a list starts, and as of which version (k8s.io/apiserver, pkg/storage/continue.go).
struct ContinueToken: Hashable, Sendable {
    /// nil: whatever is there now; for a client that goes on after its version has expired.
    var revision: UInt64?
    /// The last object of the page before.
    var last: ObjectName

    var text: String {
        let value: JSONValue = [
            "v": "meta.k8s.io/v1", "rv": .integer(revision.map { Int64(clamping: $0) } ?? -1),
            "start": .string("\(last.namespace)/\(last.name)"),
        ]
        return Data(value.octets).base64EncodedString().filter { $0 != "=" }.map {
            $0 == "+" ? "-" : $0 == "/" ? "_" : String($0)
        }.joined()
    }

    init(revision: UInt64?, last: ObjectName) {
        self.revision = revision
        self.last = last
    }

    init?(_ text: String) {
        let plain = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : String($0) }.joined()
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        guard let data = Data(base64Encoded: plain + padding), let value = try? JSONValue(json: data),
            let revision = value["rv"]?.integer, let start = value["start"]?.string
        else { return nil }
        let parts = start.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        self.revision = UInt64(exactly: revision)
        last = ObjectName(namespace: parts[0], name: parts[1])
    }
}
