import ClusterModel
import KubernetesProtocol

/// Drives a reflector by hand through virtual time and tells what it does in short words.
struct ReflectorScript {
    private var reflector: Reflector
    private(set) var now = Duration.zero
    private var alarm: Duration?

    init(
        at version: String? = nil, known: Int = 0, _ options: ReflectorOptions = ReflectorOptions()
    ) {
        reflector = Reflector(
            resource: .services, options: options, resumingAt: version, knownObjectCount: known, seed: 1)
    }

    /// What the reflector does at an event.
    mutating func take(_ event: ReflectorEvent) -> [String] {
        reflector.handle(event, now: now).compactMap { action in
            if case .wake(let at) = action { alarm = at }
            return Self.text(action)
        }
    }

    mutating func take(_ events: ReflectorEvent...) -> [String] { events.flatMap { take($0) } }

    /// Lets time pass, waking the reflector when it asked for it; returns what it did and when.
    mutating func pass(_ duration: Duration) -> [(after: Duration, did: String)] {
        let (start, end) = (now, now + duration)
        var done: [(Duration, String)] = []
        while let at = alarm, at <= end {
            now = max(now, at)
            alarm = nil
            done += take(.woke).map { (now - start, $0) }
        }
        now = end
        return done.map { (after: $0.0, did: $0.1) }
    }

    /// What was done in that time, without the times.
    mutating func did(in duration: Duration) -> [String] { pass(duration).map(\.did) }

    static func text(_ action: ReflectorAction) -> String? {
        switch action {
        case .send(let request): text(request)
        case .cancel: "cancel"
        case .wake: nil
        case .apply(let changes): changes.map(text).joined(separator: ", ")
        case .reached(let version): "reached \(version)"
        case .synced: "synced"
        case .renewCredentials: "renew"
        case .report(let report): "report \(report.cause)"
        }
    }

    private static func text(_ change: ClusterChange) -> String {
        switch change {
        case .upserted(let object): "+\(object.metadata.name)"
        case .removed(_, let key): "-\(key.name)"
        case .retained(_, let keys): "keep [\(keys.map(\.name).sorted().joined(separator: " "))]"
        case .replaced: "replaced"
        }
    }

    private static func text(_ request: APIRequest) -> String {
        var values: [String: String] = [:]
        for item in request.query { values[item.name] = item.value }
        let version = values["resourceVersion"].map { " \($0)" } ?? ""
        if request.purpose == .watch {
            if values["sendInitialEvents"] != nil { return "stream" + version }
            return (values["timeoutSeconds"] == "1" ? "probe" : "watch") + version
        }
        if let token = values["continue"] { return "page \(token)" }
        return values["limit"] == "1" ? "check" : (values["limit"] == nil ? "list whole" : "list") + version
    }
}

// Events in few words.

func service(_ name: String, _ version: String = "") -> DecodedObject {
    DecodedObject(
        kind: .service, key: ObjectKey(namespace: "default", name: name), resourceVersion: version,
        content: .object(.service(Service(metadata: ObjectMetadata(name: name, resourceVersion: version)))))
}

func unreadable(_ name: String, _ version: String = "") -> DecodedObject {
    var object = service(name, version)
    object.content = .unreadable("spec.ports is no list")
    return object
}

/// As of an object over the limit.
var nameless: DecodedObject {
    DecodedObject(kind: .service, key: nil, resourceVersion: "", content: .unreadable("it has too many octets"))
}

extension ReflectorEvent {
    static func added(_ name: String, _ version: String) -> Self { .watched([.added(service(name, version))]) }
    static func deleted(_ name: String, _ version: String) -> Self { .watched([.deleted(service(name, version))]) }
    static func bookmark(_ version: String) -> Self {
        .watched([.bookmark(resourceVersion: version, endsInitialEvents: false)])
    }
    static func initialEnd(_ version: String) -> Self {
        .watched([.bookmark(resourceVersion: version, endsInitialEvents: true)])
    }
    static func error(_ code: Int) -> Self { .watched([.error(APIStatus(code: code))]) }
    static func status(_ code: Int, retryAfter: Int? = nil) -> Self {
        .refused(APIStatus(code: code, retryAfterSeconds: retryAfter))
    }
    static func page(_ version: String, next: String = "") -> Self {
        .pageEnded(ListMetadata(resourceVersion: version, continueToken: next))
    }
    static func listed(_ names: String...) -> Self { .listed(names.map { service($0) }) }
}
