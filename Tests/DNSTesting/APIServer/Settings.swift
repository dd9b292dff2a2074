/// How the server behaves; may be changed while it runs.
package struct ServerSettings: Sendable {
    /// What becomes of `sendInitialEvents`.
    package enum WatchList: String, Sendable {
        case enabled
        /// 422, as with the feature gate off.
        case refused
        /// As before Kubernetes 1.27: the parameter means nothing.
        case ignored
    }

    package var watchList = WatchList.enabled
    /// Off: a server that knows JSON only, and answers 406 to those who take nothing else.
    package var servesProtobuf = true
    /// Off: the custom resource is not installed, its paths are 404.
    package var hasServiceImports = true
    /// Between two bookmarks of a watch, and how long before its end the last one is sent.
    package var bookmarkInterval = Duration.seconds(60)
    package var lastBookmarkLead = Duration.seconds(2)
    /// How long a watch lasts that names no `timeoutSeconds`.
    package var watchTimeout = Duration.seconds(1800)
    /// How long a list from the future is waited for until it is refused.
    package var freshnessTimeout = Duration.seconds(3)
    /// nil: everybody is welcome; else another token is 401, and no token is `system:anonymous` and 403.
    package var acceptedTokens: Set<String>?
    /// Who the bearer of a token is, in refusals.
    package var userName = "system:serviceaccount:kube-system:clusterdns"

    package init() {}
}

/// What role-based access control denies: one verb on one resource.
package struct Denial: Hashable, Sendable {
    /// nil: all verbs.
    package var verb: APICall.Verb?
    package var resource: String

    package init(_ verb: APICall.Verb?, on resource: String) {
        self.verb = verb
        self.resource = resource
    }

    func concerns(_ call: APICall) -> Bool {
        call.target?.type.name == resource && (verb == nil || verb == call.verb)
    }
}
