/// When a server is told of a new version of a zone, and told again (RFC 1996 §3.6): the newest version alone counts.
///
/// A pure value; times are of any clock that goes on.
package struct NotifyPacing: Sendable {
    package enum Action: Hashable, Sendable {
        /// Send this version.
        case send(serial: UInt32)
        /// Nothing to do before this time.
        case wait(until: Duration)
        /// Nothing to do before there is another version.
        case rest
    }

    /// Between two versions, at least; what changes in between is one.
    package static let spacingMin = Duration.milliseconds(50)
    /// And at most, so that the last change is everywhere within a second.
    package static let spacingMax = Duration.milliseconds(500)
    /// Each word costs a transfer here, so that with more servers each is told less often: 333 words a second in all.
    private static let wordCost = Duration.milliseconds(3)
    /// How often one version is sent.
    package static let tryCountMax = 5
    private static let firstPause = Duration.seconds(1)

    private var serial: UInt32?
    private var sentSerial: UInt32?
    private var isAnswered = false
    private var tryCount = 0
    private var sentTime: Duration?

    package init() {}

    /// The zone's version is this one now.
    package mutating func note(serial: UInt32) { self.serial = serial }

    /// The server has answered the word of this version.
    package mutating func answered(serial: UInt32) {
        if serial == sentSerial { isAnswered = true }
    }

    /// What lies between two versions where so many servers are told of them.
    package static func spacing(targetCount: Int) -> Duration {
        min(max(spacingMin, wordCost * targetCount), spacingMax)
    }

    /// `spacing` lies between two versions; a version after a longer time without one is sent at once.
    package mutating func next(at now: Duration, spacing: Duration = NotifyPacing.spacingMin) -> Action {
        guard let serial else { return .rest }
        if serial != sentSerial {
            let time = sentTime.map { $0 + spacing } ?? now
            guard now >= time else { return .wait(until: time) }
            (sentSerial, isAnswered, tryCount) = (serial, false, 1)
        } else {
            guard !isAnswered, tryCount < Self.tryCountMax, let sentTime else { return .rest }
            let time = sentTime + Self.firstPause * (1 << (tryCount - 1))
            guard now >= time else { return .wait(until: time) }
            tryCount += 1
        }
        sentTime = now
        return .send(serial: serial)
    }
}
