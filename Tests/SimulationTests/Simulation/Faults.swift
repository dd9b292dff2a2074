import KubernetesProtocol

/// What fails at the moment; several faults may hold at once.
struct Faults {
    /// The requests that are refused.
    ///
    /// The API server grants verbs, so that a list of one object is refused as one of all is.
    enum Scope: CaseIterable { case all, fullReads, lists, watches }

    enum Kind {
        case refusesConnections
        /// Requests get no answer.
        case hangs
        /// Bodies make no sense, now and then.
        case garbles
        case refuses(APIStatus, Scope)
        /// The token has expired, until we read it again.
        case unauthorized

        var isExpiry: Bool { if case .unauthorized = self { true } else { false } }
    }

    private var active: [Int: Kind] = [:]

    mutating func begin(_ id: Int, _ kind: Kind) { active[id] = kind }

    /// Returns whether the fault still held.
    mutating func end(_ id: Int) -> Bool { active.removeValue(forKey: id) != nil }

    /// Ends all but what only we can end.
    mutating func endAll() { active = active.filter { $0.value.isExpiry } }

    mutating func renewCredentials() { active = active.filter { !$0.value.isExpiry } }

    private func holds(_ test: (Kind) -> Bool) -> Bool { active.values.contains(where: test) }

    var refusesConnections: Bool { holds { if case .refusesConnections = $0 { true } else { false } } }
    var hangs: Bool { holds { if case .hangs = $0 { true } else { false } } }
    var garbles: Bool { holds { if case .garbles = $0 { true } else { false } } }

    /// The refusal a request meets; of several faults, the oldest counts.
    func status(for request: APIRequest) -> APIStatus? {
        for (_, kind) in active.sorted(by: { $0.key < $1.key }) {
            switch kind {
            case .refuses(let status, let scope): if scope.covers(request) { return status }
            case .unauthorized: return APIStatus(code: 401, reason: "Unauthorized")
            case .refusesConnections, .hangs, .garbles: break
            }
        }
        return nil
    }

    /// Whether `/readyz` would answer 200.
    var isReady: Bool {
        !refusesConnections && !hangs
            && !holds { if case .refuses(let status, .all) = $0 { status.code >= 500 } else { false } }
    }
}

extension Faults.Scope {
    func covers(_ request: APIRequest) -> Bool {
        switch self {
        case .all: true
        case .fullReads: request.isFullRead
        case .lists: request.purpose == .list
        case .watches: request.purpose == .watch
        }
    }
}
