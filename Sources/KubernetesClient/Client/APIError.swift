package import KubernetesProtocol

/// Why a request to the Kubernetes API gave no objects.
package struct APIError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// Token, certificate or authority cannot be read: nothing was sent.
        case credentials
        /// No head of a response came: no connection, no handshake, or silence.
        case unreachable
        /// The server answered with another status than 200.
        case refused(APIStatus)
        /// The connection broke off within the body.
        case interrupted
        /// What came is no answer of the Kubernetes API.
        case malformed
    }

    package var reason: Reason
    /// A sentence: the server and the request, what happened, and the remedy; never a token.
    package var description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}

extension APIError {
    /// The sentence for a response with another status than 200.
    static func refused(_ status: APIStatus, _ request: APIRequest, by configuration: APIServerConfiguration)
        -> APIError
    {
        let server = configuration.server
        let said = status.message.isEmpty ? "" : " (it says: \(status.message))"
        let rest =
            switch status.code {
            case 401: "does not know the login of \(configuration.origin)\(said); renew its token or certificate."
            case 403:
                "forbids the verb \(request.verb) on \(request.resource.qualifiedName)\(said); "
                    + "grant it with a ClusterRole and a binding (RBAC)."
            case 404: "has no \(request.path)\(said); correct the name, or install what serves it."
            case 300..<400: "sends elsewhere with status \(status.code), which is not followed; correct the URL."
            case 429: "is too busy for \(request.path)\(said); ask later, or less often."
            default: "answers \(request.path) with status \(status.code) \(status.reason)\(said)."
            }
        return APIError(.refused(status), "The API server \(server) \(rest)")
    }
}

extension APIRequest {
    /// The verb of RBAC rules.
    package var verb: String {
        switch purpose {
        case .list: "list"
        case .watch: "watch"
        case .object: "get"
        }
    }
}

extension APIResource {
    /// `services`, `endpointslices.discovery.k8s.io`.
    package var qualifiedName: String { group.isEmpty ? name : "\(name).\(group)" }
}
