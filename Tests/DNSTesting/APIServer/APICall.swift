import NIOCore

/// One request, read as kube-apiserver reads it (k8s.io/apiserver, pkg/endpoints/request/requestinfo.go).
package struct APICall: Sendable {
    package enum Verb: String, Hashable, Sendable {
        case get, list, watch, create, update, patch, delete
        case deleteCollection = "deletecollection"
    }

    /// The objects that the path names.
    struct Target: Sendable {
        var type: ResourceType
        /// nil: all namespaces.
        var namespace: String?
        /// nil: the whole collection.
        var name: String?
    }

    var method: String
    /// Without the query, percent-encoding undone.
    var path: String
    var query: [String: String]
    var accept: String
    var contentType: String
    /// What stands behind `Bearer`; nil without the header.
    var token: String?
    var body: ByteBuffer
    /// nil: a path that names no resource, `/version` for one.
    var target: Target?
    var verb: Verb

    init(
        method: String, uri: String, accept: String = "", contentType: String = "", authorization: String? = nil,
        body: ByteBuffer = ByteBuffer()
    ) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = parts.first.map(Self.decoded) ?? "/"
        query = parts.count > 1 ? Self.items(parts[1]) : [:]
        self.accept = accept
        self.contentType = contentType
        token = authorization.map { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : "" }
        self.body = body
        target = Self.target(path.split(separator: "/").map(String.init))
        verb = .get
        verb = verbOfMethod
    }

    /// `list services`: how requests are counted.
    var label: String { target.map { "\(verb.rawValue) \($0.type.name)" } ?? "\(method.lowercased()) \(path)" }

    /// Whether a Boolean of the query is set, as Kubernetes reads it; nil where it is not there.
    func flag(_ name: String) -> Bool? { query[name].map { $0 != "false" && $0 != "0" } }

    private var verbOfMethod: Verb {
        switch method {
        case "POST": .create
        case "PUT": .update
        case "PATCH": .patch
        case "DELETE": target?.name == nil ? .deleteCollection : .delete
        default:
            if target == nil || target?.name != nil { .get } else { flag("watch") == true ? .watch : .list }
        }
    }

    private static func target(_ words: [String]) -> Target? {
        guard words.count >= 3, words[0] == "api" || (words[0] == "apis" && words.count >= 4) else { return nil }
        let (group, version) = words[0] == "api" ? ("", words[1]) : (words[1], words[2])
        var rest = words.dropFirst(words[0] == "api" ? 2 : 3)
        var namespace: String?
        if rest.count >= 3, rest.first == "namespaces", let name = rest.dropFirst().first {
            namespace = name
            rest = rest.dropFirst(2)
        }
        let found = ResourceType.all.first { $0.group == group && $0.version == version && $0.name == rest.first }
        // Behind the name may stand a subresource: `status` and `finalize` are read as the object itself.
        guard let found, rest.count <= 3, found.isNamespaced || namespace == nil else { return nil }
        return Target(type: found, namespace: namespace, name: rest.dropFirst().first)
    }

    private static func items(_ query: Substring) -> [String: String] {
        let pairs = query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (decoded(parts[0]), decoded(Substring(value.map { $0 == "+" ? " " : $0 })))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    private static func decoded(_ text: Substring) -> String {
        var octets: [UInt8] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            let digits = rest.prefix(2)
            if octet == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) {
                octets.append(value)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
