import ClusterModel
import DNSTesting
import KubernetesProtocol

/// What fails.
extension Simulation {
    func strike() {
        judge.faultCount += 1
        switch Int.random(in: 0..<23, using: &random) {
        case 0: cutSome(isNoticed: true)
        case 1: cutAll()
        case 2: restartServer()
        case 3: restore()
        case 4: goDeaf()
        case 5: lieAboutEmptiness()
        case 6, 7: compact()
        case 8, 9: restartOurSide()
        case 10: repeatOldEvent()
        case 17: repeatLastEvent()
        case 18: swapEvents()
        case 19: jump()
        case 11: endWatches()
        case 12: expireToken()
        case 13: begin(.garbles, for: 100...8_000)
        case 14: hang()
        case 15: refuse()
        case 16: throttle()
        default: outage()
        }
    }

    private func begin(_ kind: Faults.Kind, for range: ClosedRange<Int>) {
        let id = nextNumber()
        faults.begin(id, kind)
        trace("fault \(id): \(kind)")
        plan(.faultEnds(id), in: milliseconds(range))
    }

    /// A request that got lost is given up after ten seconds at most.
    private func hang() {
        // A server that then ignores a streamed list costs three seconds more.
        let more = Duration.seconds(server.habits.watchList == .ignored ? 5 : 2)
        judge.extendAllowance(until: .seconds(10_000), by: Self.answerMax + more)
        begin(.hangs, for: 100...60_000)
    }

    /// Until we read it again.
    private func expireToken() {
        trace("the token expires")
        faults.begin(nextNumber(), .unauthorized)
        if random.oneIn(2) { cutAll() }
    }

    private func outage() {
        cutAll()
        begin(.refusesConnections, for: random.oneIn(4) ? 20_000...200_000 : 100...10_000)
    }

    private func refuse() {
        let code = random.pick([500, 503, 500, 403, 404])
        if code < 500 {
            let scope = random.pick([Faults.Scope.all, .lists, .watches])
            return begin(.refuses(APIStatus(code: code), scope), for: random.oneIn(4) ? 10_000...120_000 : 100...10_000)
        }
        let scope = random.pick([Faults.Scope.all, .fullReads])
        if scope == .fullReads { judge.extendAllowance(until: now + .seconds(80), by: .seconds(62)) }
        begin(.refuses(APIStatus(code: code), scope), for: 100...60_000)
    }

    private func throttle() {
        let seconds = random.pick([nil, 1, 2, 3])
        judge.extendAllowance(until: .seconds(10_000), by: .seconds(5))
        let scope = random.pick([Faults.Scope.all, .fullReads])
        begin(.refuses(APIStatus(code: 429, retryAfterSeconds: seconds), scope), for: 100...8_000)
    }

    private func cutSome(isNoticed: Bool) {
        for id in connections.keys.sorted() where random.oneIn(2) { cut(id, isNoticed: isNoticed) }
    }

    private func cutAll() {
        for id in connections.keys.sorted() { cut(id, isNoticed: true) }
    }

    private func goDeaf() {
        judge.extendAllowance(until: now + .seconds(36), by: .seconds(36))
        cutSome(isNoticed: false)
    }

    /// Watches that are open still get what they were waiting for.
    func compact() {
        trace("compacted")
        for id in connections.keys.sorted() { pump(id) }
        server.compact()
    }

    private func restartServer() {
        trace("the server restarts")
        cutAll()
        server.compact()
    }

    /// etcd comes back as it was when a backup was taken, with its versions of then.
    private func restore() {
        guard server.cluster.stride > 1, let backup = backups.last, backup.revision < server.cluster.revision else {
            return
        }
        server.cluster = random.pick(backups)
        server.cluster.stride = 1
        backups = []
        trace("restored to \(server.cluster.revision)")
        judge.clusterChanged()
        server.compact()
        cutAll()
        judge.extendAllowance(until: .seconds(10_000), by: server.habits.futureWatch == .silent ? .seconds(95) : .zero)
    }

    /// The next full read of a resource finds nothing, although there is something, and we know of it.
    private func lieAboutEmptiness() {
        let kind = random.pick(SimulatedCluster.kinds)
        let known = registry.store.snapshot.count(of: kind)
        guard known >= SimulatedRegistry.guardedObjectCount + 2, server.cluster.count(kind) > 0 else { return }
        trace("the next list of \(kind.rawValue) is empty")
        server.mistakenlyEmpty.insert(kind)
        restartServer()
    }

    private func repeatOldEvent() {
        guard let id = connections.keys.sorted().first(where: { connections[$0]?.session?.initial == nil }),
            let session = connections[id]?.session,
            let old = server.cluster.changes(of: session.kind, after: 0).first
        else { return }
        trace("\(id): an old event comes late")
        pump(id)
        reply(id, .watched([SimulatedAPIServer.event(old)]))
    }

    /// The last event comes a second time.
    private func repeatLastEvent() {
        guard let (id, session) = openWatch, let last = server.cluster.changes(of: session.kind, after: 0).last else {
            return
        }
        trace("\(id): the last event comes twice")
        pump(id)
        reply(id, .watched([SimulatedAPIServer.event(last)]))
    }

    /// Two changes come in the wrong order, in one batch or two.
    private func swapEvents() {
        guard let (id, session) = openWatch else { return }
        pump(id)
        for _ in 0..<2 { server.cluster.put(ObjectMaker.object(session.kind, &random)) }
        let changes = server.cluster.changes(of: session.kind, after: session.sent).suffix(2).reversed()
        trace("\(id): two events are swapped")
        connections[id]?.session?.sent = server.cluster.revision
        // A version is claimed before all that led to it has come, until the late one is seen.
        judge.clusterChanged()
        let events = changes.map(SimulatedAPIServer.event)
        if random.oneIn(2) { reply(id, .watched(events)) } else { for event in events { reply(id, .watched([event])) } }
    }

    /// A watch that has come to its changes.
    private var openWatch: (Int, SimulatedAPIServer.WatchSession)? {
        for id in connections.keys.sorted() {
            if let session = connections[id]?.session, session.initial == nil, !session.isSilent {
                return (id, session)
            }
        }
        return nil
    }

    /// The machine sleeps, and its clock is ahead when it goes on; what was sent meanwhile comes afterwards.
    private func jump() {
        let seconds = random.pick([10, 3600, 86_400])
        trace("the clock jumps by \(seconds) s")
        skew += .seconds(seconds)
        judge.jumped()
        // What was spent of the lists that are allowed in a minute is not known any more.
        judge.extendAllowance(until: .seconds(10_000), by: .seconds(62))
        for index in alarmTimes.indices { setAlarm(alarmTimes[index], index) }
    }

    private func endWatches() {
        for id in connections.keys.sorted() where random.oneIn(2) { endWatch(id) }
    }
}
