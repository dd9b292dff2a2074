import ClusterModel
import DNSTesting
import KubernetesProtocol

/// Our side: the driver of the reflectors, the registry file, and the probe of the server.
extension Simulation {
    /// How much younger than the registry our file is at most.
    private static let fileAge = Duration.seconds(1)

    func start() {
        for index in registry.reflectors.indices { handle(.started, index) }
    }

    /// As by `kill -9`: only what the file holds is left.
    func restartOurSide() {
        trace("our side restarts from \(file.versions)")
        for index in flights.indices { hangUp(index) }
        registry = SimulatedRegistry(epoch: registry.epoch + 1, file: file, seed: random.next())
        (isSaving, isProbing, waiters) = (false, false, [:])
        for index in flights.indices { setAlarm(nil, index) }
        judge.restarted()
        start()
    }

    /// `isSilence`: the server did not begin to answer.
    private func handle(_ event: ReflectorEvent, _ index: Int, isSilence: Bool = false) {
        waiters[index] = nil
        for action in registry.reflectors[index].handle(event, now: now + skew) { perform(action, index) }
        if flights[index] == nil && (isSilence || event.isServerTrouble) { waitForServer(index, sawFailure: isSilence) }
    }

    private func perform(_ action: ReflectorAction, _ index: Int) {
        switch action {
        case .send(let request):
            judge.sent(request, by: index, isBusy: flights[index] != nil, now)
            self.request(request, by: index)
        case .cancel: hangUp(index)
        case .wake(let at): setAlarm(at, index)
        case .apply(let changes): apply(changes, index)
        case .reached(let version):
            trace("\(SimulatedRegistry.resources[index].name) reached \(version)")
            registry.versions[index] = version
            judge.reached(index, version, server.cluster, registry.store.snapshot)
            planSave()
        case .synced: trace("\(SimulatedRegistry.resources[index].name) synced")
        case .renewCredentials: faults.renewCredentials()
        case .report(let report):
            if report.cause == .emptied { judge.refund(index) }
            trace("\(report.cause): \(report.message)")
        }
    }

    private func apply(_ changes: [ClusterChange], _ index: Int) {
        let kind = SimulatedRegistry.resources[index].kind
        if case .retained(_, let keys)? = changes.last {
            if forgetsSweeps { return }
            let before = Set(registry.store.snapshot.keys(of: kind))
            registry.apply(changes)
            judge.swept(index, keeping: keys, from: before, to: Set(registry.store.snapshot.keys(of: kind)))
        } else {
            registry.apply(changes)
        }
        trace("\(kind.rawValue): \(changes.count) changes, \(registry.store.snapshot.count(of: kind)) objects")
        planSave()
    }

    /// `at` is by our side's clock.
    func setAlarm(_ at: Duration?, _ index: Int) {
        alarms[index] += 1
        alarmTimes[index] = at
        guard let at else { return }
        agenda.plan(.wakes(epoch: registry.epoch, index: index, alarm: alarms[index]), at: max(at - skew, now))
    }

    func wake(_ epoch: Int, _ index: Int, _ alarm: Int) {
        if epoch == registry.epoch && alarm == alarms[index] { handle(.woke, index) }
    }

    private func hangUp(_ index: Int) {
        if let id = flights[index] { connections[id] = nil }
        flights[index] = nil
    }

    func deliver(_ id: Int, _ event: ReflectorEvent, isLast: Bool) {
        guard let connection = connections[id], connection.hears(event) else { return }
        connections[id]?.lastSign = now
        if event == .opened { connections[id]?.isOpen = true }
        if isLast { hangUp(connection.index) }
        handle(event, connection.index, isSilence: event.isFailure && !connection.isOpen)
    }

    private func planSave() {
        guard !isSaving else { return }
        isSaving = true
        plan(.saves(epoch: registry.epoch), in: Self.fileAge)
    }

    func save(_ epoch: Int) {
        guard epoch == registry.epoch else { return }
        isSaving = false
        file = registry.file
    }

    /// One probe for all that wait.
    private func waitForServer(_ index: Int, sawFailure: Bool) {
        waiters[index] = sawFailure
        if !isProbing { plan(.probes(epoch: registry.epoch), in: milliseconds(500...700)) }
        isProbing = true
    }

    func probe(_ epoch: Int) {
        guard epoch == registry.epoch else { return }
        isProbing = false
        let told = faults.isReady ? waiters.keys.filter { waiters[$0] == true }.sorted() : []
        if !faults.isReady { waiters = waiters.mapValues { _ in true } }
        if !told.isEmpty { trace("the server is back") }
        for index in told { handle(.serverReturned, index) }
        guard let (index, sawFailure) = waiters.first else { return }
        waitForServer(index, sawFailure: sawFailure)
    }
}

extension ReflectorEvent {
    fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }

    fileprivate var isServerTrouble: Bool { if case .refused(let status) = self { status.code >= 500 } else { false } }
}
