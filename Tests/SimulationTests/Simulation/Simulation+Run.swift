import ClusterModel
import DNSTesting
import KubernetesProtocol

/// How a history ended.
package struct SimulationOutcome: Hashable, Sendable {
    /// What went wrong, in a sentence; nil: nothing did.
    package var failure: String?
    /// How long after the last fault and write the view was right.
    package var rightAfter: Duration
    /// Whether it had to be right within two seconds.
    package var isPrompt: Bool
    package var requestCount: Int
    package var fullReadCount: Int
    package var faultCount: Int
}

extension Simulation {
    /// Runs the history to its end.
    package func run() -> SimulationOutcome {
        let length = plannedLength
        if server.habits.watchList == .ignored { judge.extendAllowance(until: length, by: .seconds(9)) }
        plan(of: length)
        start()
        while judge.failure == nil, let next = agenda.next(until: length) { step(to: next.at, next.item) }
        now = length
        settle()
        let allowance = judge.allowance(at: now)
        trace("all is quiet; right within \(allowance) from now on")
        checkRight(since: length)
        while judge.failure == nil, let next = agenda.next(until: length + allowance) {
            step(to: next.at, next.item)
            checkRight(since: length)
        }
        now = length + allowance
        conclude(allowance)
        return SimulationOutcome(
            failure: judge.failure.map { "seed \(seed): \($0)" }, rightAfter: judge.rightAfter ?? allowance,
            isPrompt: allowance == Judge.promptness, requestCount: judge.requestCount,
            fullReadCount: judge.fullReadCount, faultCount: judge.faultCount)
    }

    /// Mostly some seconds; now and then long enough for bookmarks, silence and back-off to play.
    private var plannedLength: Duration {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...5: milliseconds(2_000...15_000)
        case 6...8: milliseconds(15_000...90_000)
        default: milliseconds(90_000...400_000)
        }
    }

    private func plan(of length: Duration) {
        let end = Int(length / .milliseconds(1))
        for _ in 0..<Int.random(in: 5...40, using: &random) { plan(.write, in: milliseconds(0...end)) }
        for _ in 0..<Int.random(in: 0...6, using: &random) { plan(.fault, in: milliseconds(0...end)) }
        for _ in 0..<Int.random(in: 0...12, using: &random) { write() }
    }

    private func step(to time: Duration, _ happening: Happening) {
        now = time
        switch happening {
        case .write: if !isQuiet { write() }
        case .fault: if !isQuiet { strike() }
        case .faultEnds(let id): if faults.end(id) { trace("fault \(id) is over") }
        case .arrives(let id, let request): arrive(id, request)
        case .pump(let id): pump(id)
        case .bookmark(let id): sendBookmark(id)
        case .watchEnds(let id): endWatch(id)
        case .delivers(let id, let event, let isLast): deliver(id, event, isLast: isLast)
        case .wakes(let epoch, let index, let alarm): wake(epoch, index, alarm)
        case .saves(let epoch): save(epoch)
        case .probes(let epoch): probe(epoch)
        case .answerIsDue(let id):
            if connections[id]?.isOpen == false { deliver(id, .failed("no answer"), isLast: true) }
        }
        judgeSilence()
    }

    /// One change, or a handful at once.
    private func write() {
        for _ in 0..<(random.oneIn(4) ? Int.random(in: 2...6, using: &random) : 1) { writeOne() }
        for id in connections.keys.sorted() where connections[id]?.session != nil {
            plan(.pump(id), in: milliseconds(0...20))
        }
    }

    private func writeOne() {
        let kind = random.pick(SimulatedCluster.kinds + [.service, .endpointSlice])
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<5:
            let records = server.cluster.sorted(kind)
            if !records.isEmpty { server.cluster.remove(kind, random.pick(records).object.key) }
        case 5:
            for record in server.cluster.sorted(kind) { server.cluster.remove(kind, record.object.key) }
        default:
            server.cluster.put(ObjectMaker.object(kind, &random), isReadable: !random.oneIn(12))
        }
        if random.oneIn(6) { backups.append(server.cluster) }
        trace("the cluster is at \(server.cluster.revision)")
    }

    /// The end of all faults and changes; what cannot be read is written anew.
    private func settle() {
        faults.endAll()
        isQuiet = true
        server.mistakenlyEmpty = []
        server.cluster.mend()
        for id in connections.keys.sorted() where connections[id]?.session != nil {
            plan(.pump(id), in: milliseconds(0...20))
        }
        judge.truth = server.cluster.snapshot
    }

    private func checkRight(since end: Duration) {
        guard judge.rightAfter == nil, registry.agrees(with: judge.truth) else { return }
        judge.rightAfter = now - end
        trace("the view is right")
    }

    private func conclude(_ allowance: Duration) {
        for kind in SimulatedCluster.kinds where !registry.agrees(with: judge.truth, on: kind) {
            judge.fail("the view of \(kind.rawValue) is not that of the cluster \(allowance) after the last fault")
        }
        if !registry.zoneEqualsFresh(judge.truth) { judge.fail("the zone is not the one compiled afresh") }
    }
}
