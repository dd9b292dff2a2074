package import ClusterModel

/// One object of a list or an event, or why it could not be read.
package struct DecodedObject: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case object(ClusterObject)
        /// A sentence on what is wrong: the object alone is skipped, the stream goes on.
        case unreadable(String)
    }

    package var kind: ObjectKind
    /// nil where not even the name could be read.
    package var key: ObjectKey?
    /// Empty where it could not be read.
    package var resourceVersion: String
    package var content: Content
    /// What `endpoints.kubernetes.io/last-change-trigger-time` says, in nanoseconds since 1970.
    package var triggerTime: Int64?

    package init(
        kind: ObjectKind, key: ObjectKey?, resourceVersion: String, content: Content, triggerTime: Int64? = nil
    ) {
        self.kind = kind
        self.key = key
        self.resourceVersion = resourceVersion
        self.content = content
        self.triggerTime = triggerTime
    }
}

/// One frame of a watch (`metav1.WatchEvent`).
package enum WatchEvent: Hashable, Sendable {
    case added(DecodedObject)
    case modified(DecodedObject)
    case deleted(DecodedObject)
    /// Everything up to this version was sent; `endsInitialEvents` is the annotation `k8s.io/initial-events-end`.
    case bookmark(resourceVersion: String, endsInitialEvents: Bool)
    case error(APIStatus)
}

/// What a list says about itself (`metav1.ListMeta`).
package struct ListMetadata: Hashable, Sendable {
    package var resourceVersion: String
    /// Where the next page starts; empty on the last.
    package var continueToken: String

    package init(resourceVersion: String, continueToken: String = "") {
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }
}

/// A refusal (`metav1.Status`): the body of an error response, or of an ERROR event.
package struct APIStatus: Hashable, Sendable {
    /// The HTTP status code.
    package var code: Int
    /// `Expired`, `Forbidden`, …; empty where the body was no Status.
    package var reason: String
    package var message: String
    /// From the body or the `Retry-After` header, in seconds.
    package var retryAfterSeconds: Int?

    package init(code: Int, reason: String = "", message: String = "", retryAfterSeconds: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Whether the asked version is too old: only a fresh list helps.
    package var isExpired: Bool { code == 410 || reason == "Expired" || reason == "Gone" }
}
