import ClusterModel

/// What a watch has to keep in mind besides its flight.
struct WatchState: Hashable, Sendable {
    /// When a watch that the server will not end soon enough is asked for again.
    var renewAt: Duration?
    /// When the server has to have shown that its versions are not behind ours.
    var checkAt: Duration?
    /// Whether an event or a bookmark has come.
    var hasProof = false
    var changes: [ClusterChange] = []
    var reached: String?
}

/// Watches: from a version on, or as the rest of a full read.
extension Reflector {
    /// What `timeoutSeconds` is drawn from.
    ///
    /// kube-apiserver sends a bookmark two seconds before a watch's end, otherwise one a minute; so an idle watch of at
    /// most 28 s proves life within the bound of 30 s. It costs one request in 26 s, answered from the watch cache.
    static let watchSeconds = 24...28
    /// When a watch that was not cut short has had its bookmark.
    static let bookmarkDue = Duration.seconds(watchSeconds.lowerBound - 1)
    /// How long after a lost connection an idle watch is trusted before the versions are checked.
    static let checkDelay = Duration.milliseconds(100)
    /// Watches that may break at one version before everything is read anew: the next event may be what breaks them.
    static let brokenWatchCountMax = 3

    mutating func startWatch(from version: String) {
        watch = WatchState()
        send(watchRequest(from: version, seconds: backoff.seconds(in: Self.watchSeconds)), as: .watching)
    }

    mutating func watchOpened() {
        if trouble != .silent { recover() }
        declareSynced()
        if isSuspect { watch.checkAt = max(now + Self.checkDelay, checks.nextAt) }
    }

    /// Takes a batch whole: one apply, then the version that it leads to.
    mutating func takeEvents(_ events: [WatchEvent]) {
        for event in events {
            guard flight != nil else { return }
            if phase == .reading { takeInitial(event) } else if !takeChange(event) { return }
        }
        flushChanges()
    }

    private mutating func takeInitial(_ event: WatchEvent) {
        guard read.isStream else { return }
        switch event {
        case .added(let object), .modified(let object):
            if let object = mark(object) { watch.changes.append(.upserted(object)) }
        case .deleted(let object):
            guard let key = object.key else { return }
            read.keys.remove(key)
            watch.changes.append(.removed(resource.kind, key))
        case .bookmark(let version, let endsInitialEvents):
            flushChanges()
            if endsInitialEvents { endInitialEvents(at: version) }
        case .error(let status):
            refuseStream(status)
        }
    }

    /// Returns false where the watch is over.
    private mutating func takeChange(_ event: WatchEvent) -> Bool {
        switch event {
        case .added(let object), .modified(let object):
            guard advance(to: object.resourceVersion) else { return false }
            if event.isAddition { knownObjectCount += 1 }
            if let object = readable(object) { watch.changes.append(.upserted(object)) }
        case .deleted(let object):
            guard advance(to: object.resourceVersion) else { return false }
            knownObjectCount = max(0, knownObjectCount - 1)
            if let key = object.key { watch.changes.append(.removed(resource.kind, key)) }
        case .bookmark(let version, _):
            return advance(to: version)
        case .error(let status):
            refuseStream(status)
            return false
        }
        return true
    }

    /// Notes a version of this watch; one that is older than the last ends it.
    private mutating func advance(to version: String) -> Bool {
        guard !version.isEmpty else { return true }
        if case .at(let last) = position, VersionOrder.precedes(version, last) {
            flushChanges()
            raise(.expired, Self.wentBack(from: last, to: version))
            readAnew(from: .lost)
            return false
        }
        position = .at(version)
        watch.reached = version
        return true
    }

    /// Hands over what was gathered, then says how far it reaches.
    private mutating func flushChanges() {
        if !watch.changes.isEmpty { actions.append(.apply(watch.changes)) }
        watch.changes = []
        guard let version = watch.reached else { return }
        if unsweptReadCount == 0 { actions.append(.reached(resourceVersion: version)) }
        watch.reached = nil
        watch.hasProof = true
        watch.checkAt = nil
        (isSuspect, brokenWatchCount) = (false, 0)
        backoff.end()
        recover()
    }

    /// An ERROR event.
    ///
    /// Where it comes among initial events, LIST may do: on an old etcd (3.4), WatchList begins with 200 and ends with
    /// 500, “RequestWatchProgress is disabled”. client-go falls back so too.
    private mutating func refuseStream(_ status: APIStatus) {
        flushChanges()
        endFlight(cancelling: true)
        if phase == .reading && status.code >= 500 && !status.isAboutVersion { return giveUpWatchList() }
        refuse(status)
    }

    /// The end in good order, which is proof of life; but a watch that ran its time without a bookmark is suspect.
    mutating func endWatch() {
        let lived = flight?.openedAt.map { now - $0 } ?? .zero
        endFlight(cancelling: false)
        switch phase {
        case .watching where lived >= .seconds(1) || watch.hasProof:
            if !watch.hasProof && lived >= Self.bookmarkDue { isSuspect = true }
            renew()
        case .watching: fail(.refused, Self.endedAtOnce, .grown)
        case .probing: resume()
        case .reading where read.isStream: giveUpWatchList()
        default: fail(.malformed, Self.cut, .grown)
        }
    }

    mutating func startCheck() {
        watch.checkAt = nil
        guard checks.take(now) else { return }
        send(checkRequest, as: .checking)
    }

    mutating func endCheck(_ version: String) {
        isSuspect = false
        if case .at(let last) = position, VersionOrder.precedes(version, last) {
            raise(.expired, Self.wentBack(from: last, to: version))
            return readAnew(from: .lost)
        }
        resume()
    }
}

extension WatchEvent {
    fileprivate var isAddition: Bool {
        if case .added = self { true } else { false }
    }
}
