import ClusterModel
import DNSTesting
import KubernetesProtocol

/// The network and the server's end of it: what is sent arrives later, in order, in pieces, or not at all.
extension Simulation {
    /// How long our HTTP client waits for the head of a response.
    static let answerMax = Duration.seconds(10)

    func request(_ request: APIRequest, by index: Int) {
        let id = nextNumber()
        connections[id] = Connection(
            index: index, lastSign: now, lastDelivery: now, session: nil, isFullRead: request.isFullRead)
        flights[index] = id
        trace("\(id): \(request.text)")
        plan(.answerIsDue(id), in: Self.answerMax)
        if faults.refusesConnections {
            reply(id, .failed("connection refused"), isLast: true)
        } else if !faults.hangs {
            plan(.arrives(id, request), in: milliseconds(1...20))
        }
    }

    /// Sends something to us, behind what was sent before.
    func reply(_ id: Int, _ event: ReflectorEvent, isLast: Bool = false) {
        guard let connection = connections[id], !connection.isDeaf else { return }
        let at = max(connection.lastDelivery, now + milliseconds(1...20))
        connections[id]?.lastDelivery = at
        if isLast { connections[id]?.session = nil }
        agenda.plan(.delivers(id, event, isLast: isLast), at: at)
    }

    func arrive(_ id: Int, _ request: APIRequest) {
        guard let connection = connections[id], !connection.isDeaf else { return }
        if let status = faults.status(for: request) {
            if [401, 403, 404].contains(status.code) && connection.isFullRead { judge.refund(connection.index) }
            if request.isCheck { judge.refundCheck(connection.index) }
            return reply(id, .refused(status), isLast: true)
        }
        if faults.garbles && random.oneIn(2) {
            // Asked for less and less often, as what is refused.
            if request.isCheck { judge.refundCheck(connection.index) }
            reply(id, .opened)
            return reply(id, .malformed("an HTML page"), isLast: true)
        }
        if request["continue"] != nil && server.habits.losesTokens && !isQuiet && random.oneIn(3) { compact() }
        let kind = request.resource.kind
        // What we hardly know may vanish unasked; the mistake would be undetectable.
        if registry.store.snapshot.count(of: kind) < SimulatedRegistry.guardedObjectCount + 2 {
            server.mistakenlyEmpty.remove(kind)
        }
        let answer = server.answer(request)
        if request.isFullRead, let isEmpty = answer.isEmpty { judge.answered(kind, isEmpty: isEmpty) }
        switch answer {
        case .refused(let status):
            if connection.isFullRead { judge.refund(connection.index) }
            reply(id, .refused(status), isLast: true)
        case .page(let objects, let metadata): sendPage(id, objects, metadata)
        case .watch(let session): open(id, session)
        }
    }

    private func sendPage(_ id: Int, _ objects: [DecodedObject], _ metadata: ListMetadata) {
        reply(id, .opened)
        let cut = Int.random(in: 0...objects.count, using: &random)
        for part in [objects[..<cut], objects[cut...]] where !part.isEmpty { reply(id, .listed(Array(part))) }
        reply(id, .pageEnded(metadata), isLast: true)
    }

    private func open(_ id: Int, _ session: SimulatedAPIServer.WatchSession) {
        reply(id, .opened)
        if let error = session.error { return reply(id, .watched([.error(error)])) }
        connections[id]?.session = session
        if let initial = session.initial { sendInitial(id, initial, session) }
        plan(.watchEnds(id), in: session.duration)
        if server.habits.sendsBookmarks {
            plan(.bookmark(id), in: min(.seconds(60), max(.zero, session.duration - .seconds(2))))
        }
        plan(.pump(id), in: milliseconds(0...20))
    }

    private func sendInitial(_ id: Int, _ initial: [DecodedObject], _ session: SimulatedAPIServer.WatchSession) {
        for object in initial { reply(id, .watched([.added(object)])) }
        reply(id, .watched([.bookmark(resourceVersion: "\(session.sent)", endsInitialEvents: true)]))
    }

    /// Sends what happened since, as one batch or two.
    func pump(_ id: Int) {
        guard let session = connections[id]?.session, !session.isSilent else { return }
        let events = server.cluster.changes(of: session.kind, after: session.sent).map(SimulatedAPIServer.event)
        connections[id]?.session?.sent = max(session.sent, server.cluster.revision)
        let cut = Int.random(in: 0...events.count, using: &random)
        for part in [events[..<cut], events[cut...]] where !part.isEmpty { reply(id, .watched(Array(part))) }
    }

    func sendBookmark(_ id: Int) {
        pump(id)
        guard let session = connections[id]?.session, !session.isSilent else { return }
        reply(id, .watched([.bookmark(resourceVersion: "\(session.sent)", endsInitialEvents: false)]))
        if session.duration > .seconds(60) { plan(.bookmark(id), in: .seconds(60)) }
    }

    func endWatch(_ id: Int) {
        guard connections[id]?.session != nil else { return }
        pump(id)
        reply(id, .watchEnded, isLast: true)
    }

    /// Loses what is under way on a connection; we notice a moment later, or not at all.
    func cut(_ id: Int, isNoticed: Bool) {
        guard let connection = connections[id], !connection.isDeaf else { return }
        trace("\(id): cut\(isNoticed ? "" : ", unnoticed")")
        connections[id]?.isDeaf = true
        connections[id]?.session = nil
        if isNoticed {
            agenda.plan(.delivers(id, .failed("connection reset"), isLast: true), at: now + milliseconds(0...20))
        }
    }
}

extension APIRequest {
    fileprivate var text: String {
        "\(purpose) \(resource.name) \(query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"))"
    }
}
