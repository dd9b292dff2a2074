import ClusterModel

/// A full read under way: the keys it has named so far.
struct FullRead: Sendable {
    /// How long a full read may take; a server that sends an object now and then would hold it for ever.
    static let durationMax = Duration.seconds(300)

    var isStream = false
    /// Whether a probe with the same verb was granted just before.
    var isGranted = false
    var startedAt = Duration.zero
    /// When the last object came that was not named before, or the answer began.
    var grownAt = Duration.zero
    var keys: Set<ObjectKey> = []
    /// Whether there was an object whose name could not be read.
    var hasNameless = false
    /// Of the first page, the oldest if pages should differ.
    var version: String?
    var pageCount = 0
}

/// Full reads: WatchList where the server has it, else LIST in pages.
extension Reflector {
    /// How long a stream of initial events may bring no new object: a server that knows none of them never ends them.
    static let initialEventsPauseMax = Duration.seconds(3)
    /// How long after a list with a nameless object the next is asked for.
    static let sweepDelay = Duration.seconds(600)
    /// How many such lists in a row take nothing away.
    static let unsweptReadCountMax = 6
    /// When an empty list that needs a second opinion is asked for again.
    static let emptyConfirmation = Duration.seconds(1)

    mutating func startRead() {
        guard budget.take(now) else {
            // Another trouble is worth more than this one, which may only follow from it.
            if trouble == nil || trouble == .expired { raise(.throttled, Self.listedTooOften) }
            return wait(until: budget.nextAt, then: .resume, isFirm: true)
        }
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
        if let key = decoded.key {
            if read.keys.insert(key).inserted { read.grownAt = now }
        } else if decoded.kind == resource.kind {
            (read.grownAt, read.hasNameless) = (now, true)
        }
        knownObjectCount = max(knownObjectCount, read.keys.count)
        return readable(decoded)
    }

    mutating func endPage(_ metadata: ListMetadata) {
        endFlight(cancelling: false)
        guard !metadata.resourceVersion.isEmpty else { return fail(.malformed, Self.unnumberedList, .grown) }
        if phase == .checking { return endCheck(metadata.resourceVersion) }
        if phase == .probing && probesByList { return grantProbe() }
        guard phase == .reading, !read.isStream else { return fail(.malformed, Self.cut, .grown) }
        let version = read.version ?? metadata.resourceVersion
        read.version = version
        read.pageCount += 1
        if metadata.continueToken.isEmpty {
            if endRead(at: version) { startWatch(from: version) }
        } else if read.pageCount < ListPages.countMax {
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
        sweep(at: version)
        knownObjectCount = read.keys.count
        read.keys = []
        position = .at(version)
        (hasSeenEmpty, usesPages, isSuspect, probesByList) = (false, true, false, false)
        backoff.end()
        declareSynced()
        recover()
        return true
    }

    /// Takes away what the read did not name.
    ///
    /// An object whose name cannot be read may be any of those: a wrong NXDOMAIN is worse than an answer that is out of
    /// date. So nothing goes for an hour of such lists, one in ten minutes, and no version counts as reached: a restart
    /// lists. After that hour the object is lost, and what was deleted meanwhile goes too.
    private mutating func sweep(at version: String) {
        if read.hasNameless && unsweptReadCount < Self.unsweptReadCountMax {
            if unsweptReadCount == 0 { actions.append(.reached(resourceVersion: "")) }
            unsweptReadCount += 1
            sweepAt = now + Self.sweepDelay
        } else {
            unsweptReadCount = 0
            actions.append(.apply([.retained(resource.kind, read.keys)]))
            actions.append(.reached(resourceVersion: version))
        }
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
