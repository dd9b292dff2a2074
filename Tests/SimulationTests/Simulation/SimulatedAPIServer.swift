import ClusterModel
import DNSTesting
import KubernetesProtocol

/// Answers lists and watches over a `SimulatedCluster`, with the rules of kube-apiserver and the habits of one.
struct SimulatedAPIServer {
    enum Answer {
        case refused(APIStatus)
        case page([DecodedObject], ListMetadata)
        case watch(WatchSession)

        /// Whether it says that there are no objects; nil where it says nothing about that.
        var isEmpty: Bool? {
            switch self {
            case .refused: nil
            case .page(let objects, _): objects.isEmpty
            case .watch(let session): session.initial?.isEmpty
            }
        }
    }

    /// The server's end of a watch.
    struct WatchSession {
        var kind: ObjectKind
        /// Sent up to this revision.
        var sent: UInt64
        var duration: Duration
        /// Initial events to send, then the bookmark that ends them.
        var initial: [DecodedObject]?
        /// Ends with this right after it began.
        var error: APIStatus?
        /// Nothing is ever sent: it waits for a version that does not come.
        var isSilent = false
    }

    static let expired = APIStatus(code: 410, reason: "Expired", message: "The resourceVersion is too old.")

    var cluster = SimulatedCluster()
    var habits: ServerHabits
    /// Kinds whose next full read finds nothing, by mistake.
    var mistakenlyEmpty: Set<ObjectKind> = []
    private var snapshots: [String: [SimulatedCluster.Record]] = [:]

    init(habits: ServerHabits) { self.habits = habits }

    mutating func compact() {
        cluster.compact()
        snapshots = [:]
    }

    mutating func answer(_ request: APIRequest) -> Answer {
        request.purpose == .watch ? watch(request) : list(request)
    }

    private mutating func list(_ request: APIRequest) -> Answer {
        let kind = request.resource.kind
        if let token = request["continue"] { return page(token, request) }
        if let version = request["resourceVersion"].flatMap({ UInt64($0) }), version > cluster.revision {
            return .refused(Self.tooLarge)
        }
        let records = mistakenlyEmpty.remove(kind) == nil ? cluster.sorted(kind) : []
        let id = "\(kind.rawValue)/\(cluster.revision)"
        snapshots[id] = records
        return page("\(id)/0", request)
    }

    /// The token is `KIND/REVISION/START`.
    private func page(_ token: String, _ request: APIRequest) -> Answer {
        let parts = token.split(separator: "/")
        guard parts.count == 3, let start = Int(parts[2]), let records = snapshots["\(parts[0])/\(parts[1])"] else {
            return .refused(Self.expired)
        }
        let limit = request["limit"].flatMap { Int($0) } ?? .max
        let end = min(records.count, start + min(limit, request["limit"] == nil ? .max : habits.pageSize))
        let next = end < records.count ? "\(parts[0])/\(parts[1])/\(end)" : ""
        let metadata = ListMetadata(resourceVersion: String(parts[1]), continueToken: next)
        return .page(records[min(start, end)..<end].map(Self.decoded), metadata)
    }

    private mutating func watch(_ request: APIRequest) -> Answer {
        let kind = request.resource.kind
        let duration = Duration.seconds(request["timeoutSeconds"].flatMap { Int($0) } ?? 300)
        var session = WatchSession(kind: kind, sent: cluster.revision, duration: duration)
        let version = request["resourceVersion"].flatMap { UInt64($0) }
        if request["sendInitialEvents"] == "true" {
            switch habits.watchList {
            case .refused: return .refused(APIStatus(code: 422, reason: "Invalid", message: "sendInitialEvents"))
            case .ignored: return .watch(session)
            case .supported: break
            }
            if let version, version > cluster.revision { return .refused(Self.tooLarge) }
            session.initial = mistakenlyEmpty.remove(kind) == nil ? cluster.sorted(kind).map(Self.decoded) : []
            return .watch(session)
        }
        guard let version else { return .refused(APIStatus(code: 400, reason: "BadRequest")) }
        session.sent = version
        if version > cluster.revision { return future(session) }
        if version < cluster.compacted {
            if !habits.expiresInStream { return .refused(Self.expired) }
            session.error = Self.expired
        }
        return .watch(session)
    }

    private func future(_ session: WatchSession) -> Answer {
        var session = session
        session.isSilent = true
        switch habits.futureWatch {
        case .silent: return .watch(session)
        case .tooLarge: return .refused(Self.tooLarge)
        case .expired: return .refused(Self.expired)
        }
    }

    private static let tooLarge = APIStatus(code: 504, reason: "Timeout", message: "Too large resource version")

    static func decoded(_ record: SimulatedCluster.Record) -> DecodedObject {
        DecodedObject(
            kind: record.object.kind, key: record.object.key, resourceVersion: "\(record.revision)",
            content: record.isReadable ? .object(record.object) : .unreadable("spec.ports is no list"))
    }

    static func event(_ change: SimulatedCluster.Change) -> WatchEvent {
        switch change.verb {
        case .added: .added(decoded(change.record))
        case .modified: .modified(decoded(change.record))
        case .deleted: .deleted(decoded(change.record))
        }
    }
}

extension APIRequest {
    /// The first value of a query parameter.
    subscript(name: String) -> String? { query.first { $0.name == name }?.value }

    /// Whether it makes the server read the whole collection.
    var isFullRead: Bool {
        purpose == .watch ? self["sendInitialEvents"] == "true" : self["continue"] == nil && !isCheck
    }

    /// Whether it asks for the collection's version alone.
    var isCheck: Bool { purpose == .list && self["limit"] == "1" }
}
