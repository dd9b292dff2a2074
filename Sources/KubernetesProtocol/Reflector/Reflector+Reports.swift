import ClusterModel

/// What a reflector tells the operator.
extension Reflector {
    /// The verb of RBAC that the request in flight needs.
    var verb: String {
        switch phase {
        case .checking: "list"
        case .reading: read.isStream ? "watch" : "list"
        case .probing: probesByList ? "list" : "watch"
        case .idle, .waiting, .watching: "watch"
        }
    }

    /// Reports a cause once, until another or none holds.
    mutating func raise(_ cause: ReflectorReport.Cause, _ sentence: String) {
        if trouble != cause { report(cause, sentence) }
        trouble = cause
    }

    /// All is well again.
    mutating func recover() {
        if trouble != nil { report(.recovered, "The view of \(resource.name) is complete and followed again.") }
        trouble = nil
    }

    /// The object, if it can be read and is of this resource; else it is reported and skipped.
    mutating func readable(_ decoded: DecodedObject) -> ClusterObject? {
        let name =
            decoded.key.map { "\(resource.name) \($0)" } ?? "An object of \(resource.name) without a readable name"
        guard decoded.kind == resource.kind else {
            report(.object, "\(name) is skipped, since it came as a \(decoded.kind.rawValue).")
            return nil
        }
        switch decoded.content {
        case .object(let object): return object
        case .unreadable(let sentence):
            let rest = decoded.key == nil ? "" : " and keeps its last good form"
            report(.object, "\(name) is skipped\(rest): \(sentence)")
            return nil
        }
    }

    private mutating func report(_ cause: ReflectorReport.Cause, _ sentence: String) {
        actions.append(.report(ReflectorReport(cause, resource, sentence)))
    }

    func refusal(_ status: APIStatus) -> String {
        let message = status.message.isEmpty ? "" : " (\(status.message))"
        let answer = "The API server answered \(status.code) to \(verb) \(resource.name)\(message)"
        switch status.code {
        case 401:
            return "\(answer): the credentials are read again; if that does not help, renew the token or certificate."
        case 403:
            let group = resource.group.isEmpty ? "the core group" : resource.group
            return "\(answer): grant the verb \(verb) on \(resource.name) of \(group) in the ClusterRole."
        case 404:
            return "\(answer): it does not serve \(resource.apiVersion); install its definition, or stop asking for it."
        case 429: return "\(answer): it asks for fewer requests, and is asked again when it said."
        default: return "\(answer): the last known objects stay, and it is asked again; its own log says why."
        }
    }

    var absence: String {
        "The API server does not serve \(resource.apiVersion), so there are none: install its definition where their names "
            + "are wanted; it is looked for again."
    }

    /// 410: nothing is wrong.
    var expiry: String {
        var since = ""
        if case .at(let version) = position { since = " since resourceVersion \(version)" }
        return
            "The API server no longer has the changes of \(resource.name)\(since), which is routine: all are listed anew."
    }

    static func wentBack(from last: String, to version: String) -> String {
        "The resourceVersion went back from \(last) to \(version), as after a restore of etcd: everything is listed anew."
    }

    static func emptied(_ count: Int) -> String {
        "The list is empty where about \(count) objects were known: it counts only if a second list agrees."
    }

    static let listedTooOften =
        "It had to be listed too often: the last known objects stay, and it is listed again within a minute; "
        + "look for what makes its watches expire."
    static let unnumberedList =
        "The list has no resourceVersion: the last known objects stay, and it is asked for again."
    static let endlessList = "The list has too many pages: the last known objects stay, and it is asked for again."
    static let cut = "The list ended early: the last known objects stay, and it is asked for again."
    static let endedAtOnce = "The server ended a watch as soon as it began: look for a proxy that cuts long requests."
    static let silent = "The connection gave no sign of life for too long, and is replaced by a new one."
    static let unanswered = "A request got no answer in time: check the network to the API server, and its load."
}

extension APIStatus {
    /// Whether the server would have answered for another version.
    var isAboutVersion: Bool { isExpired || isTooLarge || refusesParameters }

    /// Whether the server does not take the query as it was sent.
    var refusesParameters: Bool { code == 400 || code == 422 }

    /// `Retry-After`, at least a second and at most ten minutes.
    var retryAfter: Duration? { retryAfterSeconds.map { .seconds(min(max($0, 1), 600)) } }

    /// Whether the version asked for is ahead of the server's.
    private var isTooLarge: Bool { code == 504 && message.hasPrefix("Too large resource version") }
}
