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

    /// Between two versions; what changes in between is one.
    package static let spacing = Duration.milliseconds(50)
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

    package mutating func next(at now: Duration) -> Action {
        guard let serial else { return .rest }
        if serial != sentSerial {
            let time = sentTime.map { $0 + Self.spacing } ?? now
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
