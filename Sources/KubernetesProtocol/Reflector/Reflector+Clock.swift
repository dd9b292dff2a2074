/// What a reflector does because time passes: silence, answers that do not come, waits that end.
extension Reflector {
    /// How long an answer may take to begin; doubled with each that did not, up to the bound of silence.
    static let answerMax = Duration.milliseconds(1500)
    private static let doublingsMax = 5
    /// How much longer the answer to a list may take, which has to be made first.
    private static let listFactor = 5

    /// When the phase is over if nothing happens.
    var deadline: Duration? {
        if case .waiting(let until, _, _) = phase { return until }
        guard let flight else { return nil }
        let answer = Self.answerMax * (1 << min(unansweredCount, Self.doublingsMax))
        let opening = flight.lastSign + min(answer, options.silenceMax)
        let silence = flight.lastSign + options.silenceMax
        switch phase {
        case .idle, .waiting: return nil
        case .reading:
            let end = read.startedAt + FullRead.durationMax
            if read.isStream { return min(flight.isOpen ? read.grownAt + Self.initialEventsPauseMax : opening, end) }
            let limit = flight.isOpen ? options.silenceMax : min(answer * Self.listFactor, options.silenceMax)
            return min(flight.lastSign + limit, end)
        case .watching where flight.isOpen:
            return [silence, watch.renewAt, watch.checkAt].compactMap { $0 }.min()
        case .probing, .checking, .watching: return flight.isOpen ? silence : opening
        }
    }

    mutating func wake() {
        guard let deadline, now >= deadline else { return }
        if case .waiting(_, let step, _) = phase { return goOn(step) }
        switch phase {
        case .watching where watch.checkAt.map { $0 <= now } == true: startCheck()
        case .watching where watch.renewAt.map { $0 <= now } == true: renew()
        case .reading where read.isStream && flight?.isOpen == true && now < read.startedAt + FullRead.durationMax:
            giveUpWatchList()
        default: noAnswer()
        }
    }

    /// Asks for the watch again, or for the list that was to be asked for again.
    mutating func renew() {
        if unsweptReadCount > 0, now >= sweepAt, case .at(let version) = position {
            readAnew(from: .expired(version))
        } else {
            resume()
        }
    }

    private mutating func noAnswer() {
        let wasOpen = flight?.isOpen == true
        endFlight(cancelling: true)
        probesByList = false
        if !wasOpen { unansweredCount += 1 }
        fail(wasOpen ? .silent : .unreachable, wasOpen ? Self.silent : Self.unanswered, .atOnce)
    }

    /// Ends waits that the server's absence caused, and asks again for what may hang on a dead connection.
    mutating func serverReturned() {
        switch phase {
        case .waiting(_, let step, false): goOn(step)
        case .watching where flight?.isOpen == false || isQuiet: resume()
        case .probing, .checking: resumeOrProbe()
        case .reading where flight?.isOpen == false && isQuiet: startProbe()
        case .idle, .waiting, .reading, .watching: break
        }
    }

    /// Whether the open request gave no sign of life for a second.
    private var isQuiet: Bool { flight.map { now - $0.lastSign >= .seconds(1) } ?? false }

    mutating func goOn(_ step: NextStep) {
        switch step {
        case .probe: startProbe()
        case .resume: resume()
        }
    }

    private mutating func resumeOrProbe() {
        if case .at = position { resume() } else { startProbe() }
    }

    /// The cheapest question about this resource: a watch from the last version, or one that has surely expired; a list
    /// of one object where a watch would not tell.
    private mutating func startProbe() { send(probesByList ? checkRequest : probeRequest, as: .probing) }

    /// The server would grant a full read.
    mutating func grantProbe() {
        let isList = probesByList
        resume()
        if phase == .reading { read.isGranted = isList != read.isStream }
    }
}
