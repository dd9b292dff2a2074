/// Follows one resource by list and watch, with no network, clock or logger in it: events in, actions out.
///
/// The rules are those of client-go (`tools/cache/reflector.go`): a full read (WatchList, else LIST in pages), then a
/// watch from the version it ended at, resumed there after every loss; a fresh full read only where the server no longer
/// knows the version. Besides:
///
/// - Lists are applied in place, object by object; the last page sweeps what was not named. Nothing is ever emptied first.
/// - Within one resource the server's order counts. Versions only rise; where one falls (a restored etcd, a late or
///   repeated event) everything is read anew.
/// - After a failed full read only a short watch is tried until the server grants one, so an outage costs no lists; where
///   a list was refused, broke off or made no sense, it is a list of one object, which needs the same right and form.
///
/// Total: an event that makes no sense in a phase is ignored.
package struct Reflector: Sendable {
    enum Phase: Hashable, Sendable {
        case idle
        /// Nothing in flight. `isFirm`: the server coming back does not shorten the wait.
        case waiting(until: Duration, then: NextStep, isFirm: Bool)
        /// A request that tells whether the server would grant a full read; what it brings is not wanted.
        case probing
        /// A full read: see `read`.
        case reading
        /// A list of one object, for its resourceVersion: did the server go back behind ours?
        case checking
        /// A watch: see `watch`.
        case watching
    }

    enum NextStep: Hashable, Sendable { case probe, resume }

    /// Where the view stands among the server's versions, and so what a full read has to ask for.
    enum Position: Hashable, Sendable {
        /// Nothing is known: whatever the server has in its cache is better.
        case nowhere
        case at(String)
        /// The server no longer has the events after this version; a full read may not be older.
        case expired(String)
        /// The version means nothing to the server: only its latest state will do.
        case lost
    }

    /// The request in flight.
    struct Flight: Hashable, Sendable {
        var lastSign: Duration
        var openedAt: Duration?

        var isOpen: Bool { openedAt != nil }
    }

    let resource: APIResource
    let options: ReflectorOptions
    var phase = Phase.idle
    var position: Position
    var flight: Flight?
    var read = FullRead()
    var watch = WatchState()
    var usesWatchList: Bool
    /// Cleared while lists expire faster than their pages come.
    var usesPages = true
    /// About how many objects the registry holds of this resource.
    var knownObjectCount: Int
    /// Whether the last full read found nothing where much was known.
    var hasSeenEmpty = false
    var isSynced = false
    /// Full reads in a row that took nothing away, since they held an object without a readable name.
    var unsweptReadCount = 0
    /// When to read again because of that.
    var sweepAt = Duration.zero
    /// Whether the last full read was a list, and was refused, broke off or made no sense: a watch would not tell when
    /// lists are well again.
    var probesByList = false

    var backoff: Backoff
    /// For full reads.
    var budget = ListBudget(burst: 6)
    /// For lists of one object.
    var checks = ListBudget(burst: 6)
    /// The connection was lost, and nothing has yet shown that the server's versions are still ahead of ours.
    var isSuspect = false
    /// Requests in a row that no answer came to.
    var unansweredCount = 0
    /// Watches in a row that broke at the same version.
    var brokenWatchCount = 0
    var hasRenewed = false
    /// What was reported last; nil when all is well.
    var trouble: ReflectorReport.Cause?

    var now = Duration.zero
    var actions: [ReflectorAction] = []
    private var alarm: Duration?

    /// `resourceVersion` and `knownObjectCount` are what the registry file holds; nil and 0 without one.
    package init(
        resource: APIResource, options: ReflectorOptions = ReflectorOptions(),
        resumingAt resourceVersion: String?, knownObjectCount: Int = 0, seed: UInt64
    ) {
        self.resource = resource
        self.options = options
        self.knownObjectCount = knownObjectCount
        position = resourceVersion.flatMap { $0.isEmpty ? nil : .at($0) } ?? .nowhere
        usesWatchList = options.usesWatchList
        backoff = Backoff(seed: seed)
    }

    /// Returns what to do next.
    ///
    /// `now` counts from any fixed moment; where it goes back, it stands still.
    package mutating func handle(_ event: ReflectorEvent, now: Duration) -> [ReflectorAction] {
        self.now = max(now, self.now)
        take(event)
        if case .woke = event { alarm = nil }
        setAlarm()
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: ReflectorEvent) {
        switch event {
        case .started: if phase == .idle { resume() }
        case .woke: wake()
        case .serverReturned: serverReturned()
        default: if flight != nil { takeAnswer(event) }
        }
    }

    private mutating func takeAnswer(_ event: ReflectorEvent) {
        flight?.lastSign = now
        switch event {
        case .opened: opened()
        case .listed(let objects): if phase == .reading { takePage(objects) }
        case .pageEnded(let metadata): endPage(metadata)
        case .watched(let events): if phase == .watching || phase == .reading { takeEvents(events) }
        case .watchEnded: endWatch()
        case .refused(let status): refuse(status)
        case .failed(let sentence): breakOff(.unreachable, sentence)
        case .malformed(let sentence): breakOff(.malformed, sentence)
        case .started, .woke, .serverReturned: break
        }
    }

    private mutating func opened() {
        guard flight?.openedAt == nil else { return }
        flight?.openedAt = now
        unansweredCount = 0
        hasRenewed = false
        switch phase {
        // Of a list the head says too little: its body may be what makes no sense.
        case .probing: if !probesByList { grantProbe() }
        case .watching: watchOpened()
        case .reading: read.grownAt = now
        case .idle, .waiting, .checking: break
        }
    }

    /// Goes on from where the view stands.
    mutating func resume() {
        if case .at(let version) = position { startWatch(from: version) } else { startRead() }
    }

    /// Sends the one request in flight, giving up the one before.
    mutating func send(_ request: APIRequest, as phase: Phase) {
        endFlight(cancelling: true)
        flight = Flight(lastSign: now)
        self.phase = phase
        actions.append(.send(request))
    }

    /// Forgets the request in flight; a watch that lived for a second was no failed try.
    mutating func endFlight(cancelling: Bool) {
        guard let flight else { return }
        if phase == .watching, let openedAt = flight.openedAt, now - openedAt >= .seconds(1) { backoff.end() }
        if cancelling { actions.append(.cancel) }
        self.flight = nil
    }

    /// Keeps the driver's alarm at `deadline`.
    ///
    /// Every sign of life moves the deadline of an open request; then the alarm may ring early and is set anew.
    private mutating func setAlarm() {
        let deadline = deadline
        guard deadline != alarm else { return }
        if let alarm, let deadline, flight?.isOpen == true, now < alarm, alarm < deadline { return }
        alarm = deadline
        actions.append(.wake(at: deadline))
    }
}
