import ClusterModel

/// A full read under way: the keys it has named so far.
struct FullRead: Sendable {
    /// More pages than any cluster has: five million objects.
    static let pageCountMax = 10_000
    /// How long a full read may take; a server that sends an object now and then would hold it for ever.
    static let durationMax = Duration.seconds(300)

    var isStream = false
    var startedAt = Duration.zero
    var keys: Set<ObjectKey> = []
    /// Of the first page, the oldest if pages should differ.
    var version: String?
    var pageCount = 0
}

/// Full reads: WatchList where the server has it, else LIST in pages.
extension Reflector {
    /// How long a stream of initial events may pause: a server that does not know of them never ends them.
    static let initialEventsPauseMax = Duration.seconds(3)
    /// When an empty list that needs a second opinion is asked for again.
    static let emptyConfirmation = Duration.seconds(1)

    mutating func startRead() {
        guard budget.take(now) else { return wait(until: budget.nextAt, then: .resume, isFirm: true) }
        read = FullRead(isStream: usesWatchList, startedAt: now)
        watch = WatchState()
        send(usesWatchList ? initialEventsRequest : listRequest(), as: .reading)
    }

    /// Reads everything anew; old objects stay until its end.
    mutating func readAnew(from position: Position) {
        if position == .lost && self.position != .lost { actions.append(.reached(resourceVersion: "")) }
        self.position = position
        isSynced = false
        brokenWatchCount = 0
        startRead()
    }

    /// LIST instead of WatchList, from now on.
    mutating func giveUpWatchList() {
        usesWatchList = false
        budget.giveBack()
        startRead()
    }

    mutating func takePage(_ objects: [DecodedObject]) {
        let changes = objects.compactMap { object in mark(object).map { ClusterChange.upserted($0) } }
        if !changes.isEmpty { actions.append(.apply(changes)) }
    }

    /// Counts an object as listed, and returns it if it can be read; one that cannot keeps its last good form.
    mutating func mark(_ decoded: DecodedObject) -> ClusterObject? {
        if let key = decoded.key { read.keys.insert(key) }
        knownObjectCount = max(knownObjectCount, read.keys.count)
        return readable(decoded)
    }

    mutating func endPage(_ metadata: ListMetadata) {
        endFlight(cancelling: false)
        guard !metadata.resourceVersion.isEmpty else { return fail(.malformed, Self.unnumberedList, .grown) }
        if phase == .checking { return endCheck(metadata.resourceVersion) }
        guard phase == .reading, !read.isStream else { return fail(.malformed, Self.cut, .grown) }
        let version = read.version ?? metadata.resourceVersion
        read.version = version
        read.pageCount += 1
        if metadata.continueToken.isEmpty {
            if endRead(at: version) { startWatch(from: version) }
        } else if read.pageCount < FullRead.pageCountMax {
            send(listRequest(continuing: metadata.continueToken), as: .reading)
        } else {
            fail(.malformed, Self.endlessList, .grown)
        }
    }

    /// Sweeps what the read did not name; false where that has to wait for a second opinion.
    mutating func endRead(at version: String) -> Bool {
        let isDoubtful = read.keys.isEmpty && knownObjectCount >= options.guardedObjectCount && !options.allowsEmpty
        if isDoubtful && !hasSeenEmpty {
            hasSeenEmpty = true
            budget.giveBack()
            raise(.emptied, Self.emptied(knownObjectCount))
            endFlight(cancelling: true)
            wait(until: now + Self.emptyConfirmation, then: .resume, isFirm: true)
            return false
        }
        actions.append(.apply([.retained(resource.kind, read.keys)]))
        actions.append(.reached(resourceVersion: version))
        knownObjectCount = read.keys.count
        read.keys = []
        position = .at(version)
        (hasSeenEmpty, usesPages, isSuspect) = (false, true, false)
        backoff.end()
        declareSynced()
        recover()
        return true
    }

    /// The end of the initial events: the same request goes on as a watch.
    mutating func endInitialEvents(at version: String) {
        guard !version.isEmpty else {
            endFlight(cancelling: true)
            return fail(.malformed, Self.unnumberedList, .grown)
        }
        guard endRead(at: version) else { return }
        phase = .watching
        watch = WatchState(renewAt: now + .seconds(backoff.seconds(in: Self.watchSeconds)))
    }

    mutating func declareSynced() {
        if !isSynced { actions.append(.synced) }
        isSynced = true
    }
}
