import ClusterModel

/// Refusals and lost connections: what is tried next, and when.
extension Reflector {
    /// How soon to try again.
    enum Pace: Hashable, Sendable {
        case atOnce, quick, grown, prompt, settled
        /// Not before the server said, unless it was away and comes back.
        case patient(Duration)
        /// As the server said; nothing shortens it.
        case exactly(Duration)
    }

    /// A response with another status than 200, or an ERROR event.
    mutating func refuse(_ status: APIStatus) {
        switch phase {
        case .probing where status.isAboutVersion:
            endFlight(cancelling: false)
            resume()
        case .reading where read.isStream && status.refusesParameters:
            endFlight(cancelling: false)
            giveUpWatchList()
        case .reading, .watching:
            endFlight(cancelling: false)
            if phase == .reading && !read.isStream && !status.isAboutVersion { probesByList = true }
            if !status.isAboutVersion || !readPastVersion(status) { failRefused(status) }
        case .idle, .waiting, .probing, .checking: failRefused(status)
        }
    }

    /// Where the server does not have the version asked for, asks for another; false where that was tried.
    private mutating func readPastVersion(_ status: APIStatus) -> Bool {
        raise(.expired, status.isExpired ? expiry : refusal(status))
        if phase == .reading && read.pageCount == 0 { budget.giveBack() }
        switch position {
        case .at(let version): readAnew(from: status.isExpired ? .expired(version) : .lost)
        case .nowhere, .expired, .lost:
            if status.isExpired && read.pageCount > 0 && usesPages {
                usesPages = false
                startRead()
            } else if position != .lost {
                readAnew(from: .lost)
            } else {
                return false
            }
        }
        return true
    }

    private mutating func failRefused(_ status: APIStatus) {
        switch status.code {
        case 401:
            actions.append(.renewCredentials)
            if phase == .reading { budget.giveBack() }
            let isFirst = !hasRenewed
            hasRenewed = true
            fail(.unauthorized, refusal(status), isFirst ? .atOnce : .quick)
        case 403:
            forgiveRead()
            fail(.forbidden, refusal(status), .prompt)
        case 404 where resource.isOptional: doWithout()
        case 404:
            forgiveRead()
            fail(.refused, refusal(status), .prompt)
        case 429:
            fail(.throttled, refusal(status), status.retryAfter.map { .exactly($0) } ?? .grown)
        default: fail(.refused, refusal(status), status.retryAfter.map { .patient($0) } ?? .grown)
        }
    }

    /// A full read that was refused by its verb cost nothing, unless a request with that verb was just granted.
    private mutating func forgiveRead() {
        if phase == .reading && read.pageCount == 0 && !read.isGranted { budget.giveBack() }
    }

    /// The server does not serve the resource: there are no such objects until it does, and nothing is wrong.
    private mutating func doWithout() {
        if !isSynced || position != .nowhere {
            actions.append(.apply([.retained(resource.kind, [])]))
            actions.append(.reached(resourceVersion: ""))
            (knownObjectCount, position) = (0, .nowhere)
        }
        declareSynced()
        if phase == .reading { budget.giveBack() }
        fail(.absent, absence, .settled)
    }

    /// A connection that was refused or lost, or a body that cannot be followed.
    mutating func breakOff(_ cause: ReflectorReport.Cause, _ sentence: String) {
        let wasOpen = flight?.isOpen == true
        endFlight(cancelling: false)
        if phase == .watching && cause == .malformed {
            brokenWatchCount += 1
            if case .at(let version) = position, brokenWatchCount >= Self.brokenWatchCountMax {
                raise(cause, sentence)
                return readAnew(from: .expired(version))
            }
        }
        if cause == .unreachable { probesByList = wasOpen && isListing }
        fail(cause, sentence, wasOpen || cause == .malformed ? .grown : .quick)
    }

    /// Says what is wrong and waits; then watches on, or probes where only a full read would help.
    mutating func fail(_ cause: ReflectorReport.Cause, _ sentence: String, _ pace: Pace) {
        endFlight(cancelling: false)
        backoff.begin(now)
        raise(cause, sentence)
        if [.unreachable, .refused, .silent].contains(cause) { isSuspect = true }
        if cause == .malformed { probesByList = isListing }
        var isReadable = false
        if case .at = position { isReadable = true }
        let step = isReadable ? NextStep.resume : .probe
        switch pace {
        case .atOnce: goOn(step)
        case .quick: wait(until: now + backoff.quick(), then: step)
        case .grown: wait(until: now + backoff.grown(now), then: step)
        case .prompt: wait(until: now + backoff.prompt(now), then: step)
        case .settled: wait(until: now + backoff.settled(now), then: step)
        case .patient(let duration):
            wait(until: now + max(min(duration, Backoff.longest), backoff.grown(now)), then: step)
        case .exactly(let duration): wait(until: now + duration, then: step, isFirm: true)
        }
    }

    /// Whether the request in flight, or the last, is a list: a page of a full read, or a probe.
    private var isListing: Bool { phase == .reading && !read.isStream || phase == .probing && probesByList }

    mutating func wait(until: Duration, then step: NextStep, isFirm: Bool = false) {
        endFlight(cancelling: true)
        phase = .waiting(until: until, then: step, isFirm: isFirm)
    }
}
