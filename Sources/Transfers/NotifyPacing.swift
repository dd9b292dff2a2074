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

    /// Between two words, at least; what changes in between is one version.
    package static let spacingMin = Duration.milliseconds(50)
    /// The same while the zone changes all the time, at most.
    package static let spacingMax = Duration.milliseconds(500)
    /// Each word costs a transfer here and there, so that while the zone changes all the time each of many servers is told
    /// less often: 100 words a second in all.
    private static let wordCost = Duration.milliseconds(10)
    /// Without another version for so long the zone does not change all the time; a busy machine makes shorter gaps.
    package static let quietTime = Duration.milliseconds(100)
    /// How often one version is sent.
    package static let tryCountMax = 5
    private static let firstPause = Duration.seconds(1)

    private var serial: UInt32?
    /// When this version came, and the one before it.
    private var versionTime = Duration.zero
    private var earlierTime: Duration?
    private var sentSerial: UInt32?
    private var isAnswered = false
    private var tryCount = 0
    private var sentTime: Duration?

    package init() {}

    /// The zone's version is this one now.
    package mutating func note(serial: UInt32, at now: Duration) {
        guard serial != self.serial else { return }
        earlierTime = self.serial.map { _ in versionTime }
        (self.serial, versionTime) = (serial, now)
    }

    /// The server has answered the word of this version.
    package mutating func answered(serial: UInt32) {
        if serial == sentSerial { isAnswered = true }
    }

    /// What lies between two words where so many servers are told of a zone that changes all the time.
    package static func spacing(targetCount: Int) -> Duration {
        min(max(spacingMin, wordCost * targetCount), spacingMax)
    }

    /// A version after a quiet time is sent at once, and so is the last one before such a time when it has begun; in
    /// between `spacing` lies between two words.
    package mutating func next(at now: Duration, spacing: Duration = NotifyPacing.spacingMin) -> Action {
        guard let serial else { return .rest }
        if serial != sentSerial {
            let time = sentTime.map { max($0 + Self.spacingMin, dueTime(after: $0, spacing)) } ?? now
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
    private func dueTime(after sentTime: Duration, _ spacing: Duration) -> Duration {
        guard let earlierTime, versionTime - earlierTime < Self.quietTime else { return versionTime }
        return min(sentTime + spacing, versionTime + Self.quietTime)
    }
}
